import type { HandoverGate, SendOutcome } from "../adapter";
import { matchText, sliceText } from "../builtins";
import type { Problem, WaMessageId } from "../generated/protocol";
import { problem } from "../problem";
import { personChat } from "./chat-id";
import { findMessage } from "./find-message";
import type { LinkMemory } from "./link-memory";
import { lookUp } from "./look-up";
import { phoneOf } from "./phone-of";
import { callFunction, read, readText } from "./read";
import type { Registry } from "./registry";
import { isSameNumber, resolveNumber } from "./resolve-number";
import { canSend } from "./self-test";
import { sessionState } from "./session-state";

/** Where a message goes, and under which id. */
export interface Address {
  readonly waMessageId: WaMessageId;
  /** E.164, with the plus. */
  readonly phone: string;
}

/** A message made ready for a chat, or why it cannot be. */
export type Packed =
  | { readonly handOver: () => Promise<SendOutcome> }
  | { readonly problem: Problem };

/**
 * Delivers a message under exactly this id: looks it up, resolves the number, opens the chat, looks
 * the id up in that chat's stored messages, has it packed, and hands it over. Nothing is repeated
 * here, and the look-up comes first: the page never answers a file whose id it has.
 */
export async function deliver(
  registry: Registry,
  memory: LinkMemory,
  order: Address,
  capability: "send_text" | "send_file",
  pack: (chat: unknown) => Promise<Packed>,
  gate: HandoverGate,
): Promise<SendOutcome> {
  let packed: Packed;
  try {
    if (!canSend(registry, capability)) {
      return { type: "not_submitted", problem: LACKING };
    }
    const there = findMessage(registry, order.waMessageId);
    if (there !== null) {
      return { type: "in_page", message: there, alreadyThere: true };
    }
    const resolved = await resolveNumber(registry, order.phone);
    if (resolved === "not_on_whatsapp") {
      return { type: "not_on_whatsapp" };
    }
    if (resolved === "another_number") {
      return { type: "not_submitted", problem: ANOTHER_NUMBER };
    }
    const opened = await callFunction(registry.get("findOrCreateLatestChat"), [
      resolved.wid,
      "createChat",
    ]);
    const chat = read(opened, "chat");
    const chatId = read(chat, "id");
    if (!leadsTo(registry, chatId, resolved.wid, order.phone)) {
      return { type: "not_submitted", problem: ANOTHER_NUMBER };
    }
    packed = await pack(chat);
    if ("problem" in packed) {
      return { type: "not_submitted", problem: packed.problem };
    }
    const stored = await lookUp(registry, order.waMessageId, [chatId, resolved.wid]);
    if (stored !== null) {
      return { type: "in_page", message: stored, alreadyThere: true };
    }
    if (sessionState(registry, memory) !== "connected") {
      return { type: "not_submitted", problem: NOT_CONNECTED };
    }
    const refused = gate.handOver();
    if (refused !== null) {
      return { type: "not_submitted", problem: refused };
    }
  } catch (error) {
    return { type: "not_submitted", problem: failedBefore(error) };
  }
  // Without `await` the page's own `then` would be called, which a script may have replaced.
  return await packed.handOver();
}

/** Whether the opened chat is the resolved one, or the lid of the number asked for. */
function leadsTo(registry: Registry, chatId: unknown, wid: unknown, phone: string): boolean {
  const opened = personChat(chatId);
  const resolved = personChat(wid);
  if (opened === null || resolved === null) {
    return false;
  }
  if (opened.chatId === resolved.chatId) {
    return true;
  }
  const number = phoneOf(registry, chatId);
  return number === null
    ? opened.server === "lid"
    : isSameNumber(sliceText(phone, 1, phone.length), sliceText(number, 1, number.length));
}

const ERROR_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** What a failure of the page is called. The name only: the words of a page's error may hold a number or a text. */
export function errorName(error: unknown): string {
  const name = readText(error, "name") ?? "";
  return matchText(ERROR_NAME, name) === null ? "an error" : name;
}

function failedBefore(error: unknown): Problem {
  return problem(
    "page_unresponsive",
    `WhatsApp's page failed (${errorName(error)}) before the message was handed over. Nothing was sent; it is tried again.`,
  );
}

/** What is said when only the page can tell whether the message left. */
export function failedAfter(error: unknown): Problem {
  const what = error === null ? "did not name the message" : `failed (${errorName(error)})`;
  return problem(
    "fate_unknown",
    `WhatsApp's page ${what} after the message was handed over. It is not sent again before its fate is known.`,
  );
}

const LACKING = problem(
  "self_test_failed",
  "WhatsApp's page lacks a part the sender needs. Nothing was sent; sending goes on when the page or this app is updated.",
);
const NOT_CONNECTED = problem(
  "not_now",
  "WhatsApp is not connected in this page. Nothing was sent; sending goes on when it is.",
);
const ANOTHER_NUMBER = problem(
  "bad_phone",
  "WhatsApp resolved the number to another one. Nothing was sent. Check the number at the server.",
);
