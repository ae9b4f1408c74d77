import type { HandoverGate, SendOutcome, SendTextOrder } from "../adapter";
import { matchText, sliceText } from "../builtins";
import { problem } from "../problem";
import { buildMessage } from "./build-message";
import { personChat } from "./chat-id";
import { findMessage } from "./find-message";
import type { LinkMemory } from "./link-memory";
import { lookUp } from "./look-up";
import { ownMessage } from "./own-message";
import { phoneOf } from "./phone-of";
import { callFunction, read, readText } from "./read";
import { readAck } from "./read-ack";
import type { Registry } from "./registry";
import { isSameNumber, resolveNumber } from "./resolve-number";
import { selfTest } from "./self-test";
import { sessionState } from "./session-state";

/**
 * Sends a text with exactly this id: looks it up, resolves the number, opens the chat, looks the
 * id up in that chat's stored messages, and hands it over. Nothing is repeated here.
 */
export async function sendText(
  registry: Registry,
  memory: LinkMemory,
  order: SendTextOrder,
  gate: HandoverGate,
): Promise<SendOutcome> {
  let chat: unknown;
  let message: object;
  try {
    if (selfTest(registry).length > 0) {
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
    chat = read(opened, "chat");
    const chatId = read(chat, "id");
    if (!leadsTo(registry, chatId, resolved.wid, order.phone)) {
      return { type: "not_submitted", problem: ANOTHER_NUMBER };
    }
    const stored = await lookUp(registry, order.waMessageId, [chatId, resolved.wid]);
    if (stored !== null) {
      return { type: "in_page", message: stored, alreadyThere: true };
    }
    message = buildMessage(registry, chat, order);
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
  return await handOver(registry, order, chat, message);
}

/** From here on only the page can say whether the message left. */
async function handOver(
  registry: Registry,
  order: SendTextOrder,
  chat: unknown,
  message: object,
): Promise<SendOutcome> {
  try {
    const handed = await callFunction(registry.get("addAndSendMsgToChat"), [chat, message]);
    ignoreRejection(read(handed, "1"));
    const sent = ownMessage(await read(handed, "0"));
    const found =
      sent?.waMessageId === order.waMessageId ? sent : findMessage(registry, order.waMessageId);
    return found === null
      ? { type: "unclear", problem: failedAfter(null) }
      : { type: "in_page", message: found, alreadyThere: false };
  } catch (error) {
    if (errorName(error) === "DuplicateMessageError") {
      return alreadyThere(registry, order, read(chat, "id"));
    }
    return { type: "unclear", problem: failedAfter(error) };
  }
}

/** WhatsApp itself refused the id because it has it: nothing was sent by this call. */
function alreadyThere(registry: Registry, order: SendTextOrder, chatId: unknown): SendOutcome {
  const found = findMessage(registry, order.waMessageId);
  if (found !== null) {
    return { type: "in_page", message: found, alreadyThere: true };
  }
  const chat = personChat(chatId);
  const { waMessageId } = order;
  return chat === null
    ? { type: "unclear", problem: failedAfter(null) }
    : {
        type: "in_page",
        message: { waMessageId, chatId: chat.chatId, ack: readAck(undefined) },
        alreadyThere: true,
      };
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

function ignoreRejection(promise: unknown): void {
  const rejected = read(promise, "then");
  if (typeof rejected === "function") {
    (promise as PromiseLike<unknown>).then(undefined, () => undefined);
  }
}

const ERROR_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** The name only: the words of a page's error may hold a number or a text. */
function errorName(error: unknown): string {
  const name = readText(error, "name") ?? "";
  return matchText(ERROR_NAME, name) === null ? "an error" : name;
}

function failedBefore(error: unknown) {
  return problem(
    "page_unresponsive",
    `WhatsApp's page failed (${errorName(error)}) before the message was handed over. Nothing was sent; it is tried again.`,
  );
}

function failedAfter(error: unknown) {
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
