import type { SendOutcome } from "./adapter";
import { makeMap, mapDelete, mapEach, mapGet, mapSet, mapSize, pageNow, utcNow } from "./builtins";
import type { MessageId, Problem, WaMessageId } from "./generated/protocol";
import { problem } from "./problem";

/** A send not handed over within this many milliseconds is not handed over at all. */
export const HAND_OVER_WITHIN_MS = 60_000;
/** A page that has not answered by then is looked at instead. */
export const ANSWER_WITHIN_MS = 3_000;
/** Most sends under way at once. */
export const MAX_SENDS = 64;

/** One send under way. */
export interface Send {
  readonly messageId: MessageId;
  readonly waMessageId: WaMessageId;
}

interface OpenSend extends Send {
  readonly pageStart: number;
  readonly utcStart: number;
  handedOverAt: number | null;
}

/**
 * The sends under way, one per id. A second order for an id joins the first; a look-up withdraws
 * a send that WhatsApp has not been given yet, so that "not in the page" stays true.
 */
export interface Sends {
  begin(
    messageId: MessageId,
    waMessageId: WaMessageId,
  ): { readonly send: Send; readonly fresh: boolean } | { readonly problem: Problem };
  /** The point of no return: null, or why the message must not be handed over. */
  handOver(send: Send): Problem | null;
  /** Ends a send. False when it has ended before. */
  settle(send: Send): boolean;
  /** What to say of a send that failed in an unforeseen way. */
  failed(send: Send): SendOutcome;
  /** Ends the send with this id if it has not been handed over. */
  withdraw(waMessageId: WaMessageId): Send | null;
  isHandedOver(waMessageId: WaMessageId): boolean;
  isAnyHandedOver(): boolean;
  /** The send with this id if the page has not answered within a while of being given it. */
  overdue(waMessageId: WaMessageId): Send | null;
}

/** No sends yet. */
export function openSends(): Sends {
  const open = makeMap<WaMessageId, OpenSend>();
  const isOpen = (send: Send): send is OpenSend => mapGet(open, send.waMessageId) === send;

  return {
    begin(messageId, waMessageId) {
      const there = mapGet(open, waMessageId);
      if (there !== undefined) {
        return there.messageId === messageId
          ? { send: there, fresh: false }
          : { problem: TWO_NAMES };
      }
      if (mapSize(open) >= MAX_SENDS) {
        return { problem: TOO_MANY };
      }
      const send = {
        messageId,
        waMessageId,
        pageStart: pageNow(),
        utcStart: utcNow(),
        handedOverAt: null,
      };
      mapSet(open, waMessageId, send);
      return { send, fresh: true };
    },
    handOver(send) {
      if (!isOpen(send)) {
        return WITHDRAWN;
      }
      // The page's clock may stand still while the machine sleeps; the wall clock does not.
      if (
        pageNow() - send.pageStart > HAND_OVER_WITHIN_MS ||
        utcNow() - send.utcStart > HAND_OVER_WITHIN_MS
      ) {
        return TOO_LATE;
      }
      send.handedOverAt = pageNow();
      return null;
    },
    settle(send) {
      return isOpen(send) && mapDelete(open, send.waMessageId);
    },
    failed(send) {
      return (send as OpenSend).handedOverAt !== null
        ? { type: "unclear", problem: LOST_TRACK }
        : { type: "not_submitted", problem: BROKE };
    },
    withdraw(waMessageId) {
      const send = mapGet(open, waMessageId);
      if (send === undefined || send.handedOverAt !== null) {
        return null;
      }
      mapDelete(open, waMessageId);
      return send;
    },
    isHandedOver: (waMessageId) => (mapGet(open, waMessageId)?.handedOverAt ?? null) !== null,
    isAnyHandedOver() {
      let any = false;
      mapEach(open, (send) => {
        any = any || send.handedOverAt !== null;
      });
      return any;
    },
    overdue(waMessageId) {
      const send = mapGet(open, waMessageId);
      return send !== undefined &&
        send.handedOverAt !== null &&
        pageNow() - send.handedOverAt > ANSWER_WITHIN_MS
        ? send
        : null;
    },
  };
}

const TWO_NAMES = problem(
  "bad_request",
  "Another message is being sent with this id. Nothing was sent by this command.",
);
const TOO_MANY = problem(
  "too_many_requests",
  "The page has too many sends under way. Nothing was sent by this command; it may be given again.",
);
const WITHDRAWN = problem(
  "not_now",
  "The send was withdrawn before it reached WhatsApp. Nothing was sent.",
);
const TOO_LATE = problem(
  "not_now",
  "The page took too long to prepare the message, so it was not handed to WhatsApp. Nothing was sent; it is tried again.",
);
const BROKE = problem(
  "page_unresponsive",
  "The page failed while the message was prepared. Nothing was sent; it is tried again.",
);
const LOST_TRACK = problem(
  "fate_unknown",
  "The page failed after the message was handed to WhatsApp. It is not sent again before its fate is known.",
);
