/** What one load of the page has shown about its link so far; one for all adapters. */
export interface LinkMemory {
  /** It said that it was linked. */
  wasLinked: boolean;
  /** It asked to be linked: a login after that is a new one, whatever the address says. */
  wasUnlinked: boolean;
  /** WhatsApp said that it begins to log out. */
  leaving: boolean;
}

/** A load that has shown nothing yet. */
export function openLinkMemory(): LinkMemory {
  return { wasLinked: false, wasUnlinked: false, leaving: false };
}

/** Takes note of a page that asks to be linked: whatever it was leaving, it has left. */
export function noteUnlinked(memory: LinkMemory): void {
  memory.wasUnlinked = true;
  memory.leaving = false;
}
