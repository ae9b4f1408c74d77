/** Every word of the review: what is known of a message whose fate nobody can tell, and what may be decided. */
import { count, hour } from "./format";
import type { Decision, Fact, FactView, SendAsNew } from "./office";

/** The words of the screen itself. */
export const REVIEW = {
  title: (name: string) => `${name}: messages that need a decision`,
  guide: (name: string) =>
    `Look into the chat on ${name}’s phone, then say here what you see. Until then none of these is sent again.`,
  asking: "Asking the queue server what is known…",
  known: "What is known",
  why: "Why nobody can tell",
  choose: "What do you see on the phone?",
  none: "Nothing needs a decision",
  noneText: (name: string) => `It is known of every message of ${name} what became of it.`,
  notLost:
    "Nothing is lost: what waits for a decision is kept, and none of it is sent meanwhile. Try again in a moment.",
  again: "A decision counts once, also when it is said twice: try it again.",
  unlinked: "On the phone, the other desktop is no longer among the linked devices",
} as const;

/** What the tile and the strip say. */
export function reviewLine(waiting: number): string {
  return `${count(waiting, "message needs", "messages need")} a decision`;
}

/** What the strip says beside it. */
export function reviewAside(waiting: number): string {
  return waiting === 1
    ? "Nobody can tell whether it was sent; it is not sent again by itself."
    : "Nobody can tell whether they were sent; none is sent again by itself.";
}

/** One thing that is known, as a person says it. */
export function factWords(fact: Fact): string {
  switch (fact) {
    case "handed_here":
      return "Handed to WhatsApp on this desktop, or about to be";
    case "handed_elsewhere":
      return "Handed to WhatsApp on another desktop, or about to be";
    case "opened_by_hand":
      return "Its chat was opened here for you to press Send";
    case "in_page":
      return "WhatsApp Web showed it with a clock: not yet sent";
    case "no_tick":
      return "No tick was seen since";
    case "unlinked":
      return "The phone unlinked this desktop";
    case "seen_connected":
      return "The other desktop was last seen connected to WhatsApp";
    case "seen_not_connected":
      return "The other desktop was last seen without WhatsApp";
    case "put_aside":
      return "Put aside for you to decide";
  }
}

/** When it was, in local time; empty where that is not known. */
export function factTime(fact: FactView, nowMs: number): string {
  return fact.atMs === null ? "" : hour(fact.atMs, nowMs);
}

/** As [`SendAsNew`] for a person who is at no desktop: the one that began it, or any once it is unlinked. */
export type ResendOffer = SendAsNew | "from_its_desktop";

/** A choice: what it is called, what comes of it, and why it cannot be chosen, if so. */
export type Choice = {
  decision: Decision;
  label: string;
  comesOf: string;
  barred: string | null;
  /** Whether the other desktop was unlinked on the phone is asked beside it. */
  asksUnlinked: boolean;
};

/** The choices, in the order of how often they are right; `unlinked` is the person's word about the other desktop. */
export function choicesFor(sendAsNew: ResendOffer, unlinked: boolean): Choice[] {
  return [
    {
      decision: "arrived",
      label: "It is in the chat",
      comesOf: "It counts as sent. Nothing is sent.",
      barred: null,
      asksUnlinked: false,
    },
    asNew(sendAsNew, unlinked),
    {
      decision: "do_not_send",
      label: "Do not send it again",
      comesOf: "It is given up, whether or not it has left. Nothing is sent.",
      barred: null,
      asksUnlinked: false,
    },
  ];
}

function asNew(sendAsNew: ResendOffer, unlinked: boolean): Choice {
  const label = "It is not in the chat: send it as new…";
  const here = {
    decision: "send_as_new",
    label,
    comesOf:
      "It leaves once more, from this desktop. If WhatsApp shows the first one before that, it does not.",
    asksUnlinked: false,
  } as const;
  switch (sendAsNew) {
    case "from_here":
      return { ...here, barred: null };
    case "once_unlinked":
      return {
        decision: "send_as_new_unlinked",
        label,
        comesOf: "It leaves once more, from the desktop this SDR is active on.",
        barred: unlinked
          ? null
          : "Another desktop began it and may still send it. Unlink that desktop on the phone first, then tick below.",
        asksUnlinked: true,
      };
    case "from_its_desktop":
      return {
        decision: unlinked ? "send_as_new_unlinked" : "send_as_new",
        label,
        comesOf: unlinked
          ? "It leaves once more, from the desktop this SDR is active on."
          : "It leaves once more, from the desktop that began it and no other. If WhatsApp shows the first one before that, it does not.",
        barred: null,
        asksUnlinked: true,
      };
    case "opted_out":
      return {
        ...here,
        barred: "This lead does not want messages any more: nothing is sent to them.",
      };
    case "not_offered":
      return {
        ...here,
        barred: "This queue server cannot do it. Queue a new message for this lead there instead.",
      };
  }
}

/** The second question before anything is sent. */
export function asNewWords(lead: string) {
  return {
    title: `Send it to ${lead} as new?`,
    text: `Only if it is not in the chat on the phone: if the first one did leave, ${lead} gets it twice.`,
    back: "Back",
    button: "Send as new",
  } as const;
}

/** What is announced once it is decided. */
export function decidedWords(decision: Decision, lead: string): string {
  switch (decision) {
    case "arrived":
      return `The message for ${lead} counts as sent.`;
    case "send_as_new":
    case "send_as_new_unlinked":
      return `The message for ${lead} is queued as new.`;
    case "do_not_send":
      return `The message for ${lead} is not sent again.`;
  }
}
