/** What one load of the page has shown about its link so far; one for all adapters. */
export interface LinkMemory {
  /** It said that it was linked. */
  wasLinked: boolean;
  /** It asked to be linked: a login after that is a new one, whatever the address says. */
  wasUnlinked: boolean;
  /** WhatsApp said that it begins to log out. */
  leaving: boolean;
  /** A pairing code was asked for; null again once the page is back at QR codes. */
  pairing: Pairing | null;
}

/** A code that WhatsApp was asked for. */
export interface Pairing {
  /** Null until WhatsApp has given it. */
  code: string | null;
  /** On the page's own clock. */
  untilMs: number;
}

/** A load that has shown nothing yet. */
export function openLinkMemory(): LinkMemory {
  return { wasLinked: false, wasUnlinked: false, leaving: false, pairing: null };
}

/** Takes note of a page that asks to be linked: whatever it was leaving, it has left. */
export function noteUnlinked(memory: LinkMemory): void {
  memory.wasUnlinked = true;
  memory.leaving = false;
}
