import type { IncomingMessage } from "../adapter";
import { floor, matchText, sliceText, utcNow } from "../builtins";
import { encode, utf8Length } from "../encode";
import { MAX_REPORT_BYTES } from "../report-log";
import { personChat } from "./chat-id";
import { phoneOf } from "./phone-of";
import { read, readText } from "./read";
import type { Registry } from "./registry";

const WA_MESSAGE_ID = /^[0-9A-Za-z._=-]{1,128}$/;
/** Room for the ids and the frame of a report. */
const MAX_TEXT_JSON_BYTES = MAX_REPORT_BYTES - 1_024;
const MAX_UNIX_SECONDS = 253_402_300_799;

/** Reads a new text from a lead. Null for anything else: ours, history, groups, media, notices. */
export function incomingText(registry: Registry, message: unknown): IncomingMessage | null {
  const key = read(message, "id");
  const waMessageId = readText(key, "id");
  const body = readText(message, "body");
  if (
    read(message, "isNewMsg") !== true ||
    read(message, "type") !== "chat" ||
    read(key, "fromMe") !== false ||
    waMessageId === undefined ||
    matchText(WA_MESSAGE_ID, waMessageId) === null ||
    body === undefined ||
    body === ""
  ) {
    return null;
  }
  const remote = read(key, "remote");
  const chat = personChat(remote);
  if (chat === null) {
    return null;
  }
  return {
    waMessageId,
    chatId: chat.chatId,
    phone: phoneOf(registry, remote),
    text: shortened(body),
    atMs: sentAtMs(read(message, "t")),
  };
}

/** The text, cut so that its report fits into one drain; the whole of it stays in WhatsApp. */
function shortened(text: string): string {
  if (text.length * 6 <= MAX_TEXT_JSON_BYTES) {
    return text;
  }
  let kept = sliceText(text, 0, MAX_TEXT_JSON_BYTES);
  while (utf8Length(encode(kept)) > MAX_TEXT_JSON_BYTES) {
    kept = sliceText(kept, 0, floor(kept.length * 0.9));
  }
  return kept.length === text.length ? text : `${kept}…`;
}

function sentAtMs(seconds: unknown): number {
  return typeof seconds === "number" && seconds > 0 && seconds <= MAX_UNIX_SECONDS
    ? floor(seconds * 1_000)
    : utcNow();
}
