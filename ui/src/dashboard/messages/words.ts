/** What is said of a message's steps. */
import { messageWords } from "../../lib/words";
import type { MessageEvent, MessageState } from "../wire";

/** What a filter of messages may ask for, in the order of a message's way. */
export const STATES: readonly MessageState[] = [
  "queued",
  "leased",
  "begun",
  "sent",
  "delivered",
  "read",
  "review",
  "failed",
  "dead",
  "cancelled",
];

/** A state as a filter names it: `leased` is a queue too, but on a desktop. */
export function stateLabel(state: MessageState): string {
  return state === "leased" ? "Queued, on a desktop" : messageWords(state).label;
}

/** What moved a message, as a person says it. */
export function causeWords(event: MessageEvent): string {
  switch (event.cause) {
    case "enqueued":
      return "Put into the queue";
    case "claimed":
      return "Taken by a desktop";
    case "begun":
      return "The desktop begins to send it";
    case "released":
      return "Handed back by the desktop";
    case "lease_expired":
      return "The desktop was not heard of in time";
    case "given_up":
      return "Given up after several tries";
    case "reported":
      return reported(event.to);
    case "cancelled":
      return "Withdrawn";
    case "opted_out":
      return "The lead does not want messages";
    case "profile_changed":
      return "Begun again in another WhatsApp profile";
    case "pinned_too_long":
      return "Not heard of for too long after it was begun";
    case "decided_sent":
      return "Decided: it is in the chat";
    case "decided_resend":
      return "Decided: send it as new";
    case "decided_cancel":
      return "Decided: not to be sent again";
    case "requeued":
      return "Queued again";
    case "taken_over":
      return "Its SDR became active on another desktop";
    case "reassigned":
      return "Its lead was given to another SDR, and it went along";
    default:
      return `${messageWords(event.to).label} (${event.cause})`;
  }
}

function reported(to: MessageState): string {
  switch (to) {
    case "sent":
      return "WhatsApp has it";
    case "delivered":
      return "On the lead’s phone";
    case "read":
      return "Read by the lead";
    case "failed":
      return "It could not be sent";
    case "review":
      return "Nobody can tell whether it left";
    case "queued":
    case "leased":
    case "begun":
    case "dead":
    case "cancelled":
      return `Reported: ${messageWords(to).label.toLowerCase()}`;
  }
}

/** In the place of a text that was taken out. */
export const TEXT_GONE = "Taken out: the office keeps no text for so long.";

/** May still be withdrawn: nothing was begun. */
export function mayCancel(state: MessageState): boolean {
  return state === "queued" || state === "leased" || state === "dead";
}
