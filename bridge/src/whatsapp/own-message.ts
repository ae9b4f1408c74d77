import type { FoundMessage } from "../adapter";
import { matchText } from "../builtins";
import { personChat } from "./chat-id";
import { read, readText } from "./read";
import { readAck } from "./read-ack";

const WA_MESSAGE_ID = /^3EB0[0-9A-F]{8,36}$/;

/**
 * Reads a message of the page as one of ours. Null for another's: the sender of a message chooses
 * its id, so a lead could choose one of ours.
 */
export function ownMessage(message: unknown): FoundMessage | null {
  const key = read(message, "id");
  const waMessageId = readText(key, "id");
  if (read(key, "fromMe") !== true || waMessageId === undefined) {
    return null;
  }
  const chat = personChat(read(key, "remote"));
  if (chat === null || matchText(WA_MESSAGE_ID, waMessageId) === null) {
    return null;
  }
  const ack = readAck(read(message, "ack"));
  const failed = ack === "clock" && isFailedFile(message);
  return { waMessageId, chatId: chat.chatId, ack: failed ? "error" : ack };
}

/** A file that could not be uploaded has not left, and WhatsApp does not try again by itself. */
function isFailedFile(message: unknown): boolean {
  return readText(message, "mimetype") !== undefined && read(message, "isSendFailure") === true;
}
