import { hasOwn, isInteger, matchText, parseJson } from "./builtins";
import { utf8Length } from "./encode";
import {
  type BridgeCommand,
  MAX_CAPTION_CHARS,
  MAX_COMPOSE_BYTES,
  MAX_DOCUMENT_BYTES,
  MAX_FILE_NAME_BYTES,
  MAX_IMAGE_BYTES,
  MAX_TEXT_BYTES,
  type MessageId,
  type PageGeneration,
  type Problem,
  type WaMessageId,
} from "./generated/protocol";
import { problem } from "./problem";

const E164 = /^\+[1-9][0-9]{6,14}$/;
const WA_MESSAGE_ID = /^3EB0[0-9A-F]{8,36}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MIME_TYPE = /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,120}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it.
const FILE_NAME = /^[^\u0000-\u001f\u007f/\\]{1,200}$/;
const NAME = /^[\x21-\x7e]{1,200}$/;
/** The longest request worth parsing: the longest text, each byte escaped, and the rest. */
const MAX_REQUEST_CHARS = MAX_TEXT_BYTES * 6 + 4_096;

/** A request that is complete and within its bounds, or why it is not. */
export type CheckedRequest =
  | { readonly generation: PageGeneration; readonly command: BridgeCommand }
  | { readonly problem: Problem };

/** Reads and checks what the app submits. */
export function readRequest(json: unknown): CheckedRequest {
  if (typeof json !== "string" || json.length > MAX_REQUEST_CHARS) {
    return malformed("it is no text, or too long");
  }
  let parsed: unknown;
  try {
    parsed = parseJson(json);
  } catch {
    return malformed("it is no JSON");
  }
  const generation = own(parsed, "generation");
  const command = own(parsed, "command");
  if (typeof generation !== "string") {
    return malformed("it has no generation");
  }
  const checked = readCommand(command);
  return "problem" in checked ? checked : { generation, command: checked.command };
}

type Checked = { readonly command: BridgeCommand } | { readonly problem: Problem };

function readCommand(command: unknown): Checked {
  const type = own(command, "type");
  switch (type) {
    case "file_part":
      return readFilePart(command);
    case "send_text":
    case "send_file":
    case "look_up": {
      const messageId = own(command, "messageId");
      const waMessageId = own(command, "waMessageId");
      if (!isLike(messageId, NAME)) {
        return malformed("messageId is missing");
      }
      if (!isLike(waMessageId, WA_MESSAGE_ID)) {
        return malformed("waMessageId is not of the form 3EB0…");
      }
      if (type === "look_up") {
        return { command: { type, messageId, waMessageId } };
      }
      const phone = own(command, "phone");
      if (!isLike(phone, E164)) {
        return {
          problem: problem(
            "bad_phone",
            "The phone number is not of the form +5511970000001. Nothing was sent. Correct the number at the server.",
          ),
        };
      }
      if (type === "send_file") {
        return readSendFile(command, { messageId, waMessageId, phone });
      }
      const text = own(command, "text");
      if (typeof text !== "string" || text.length === 0 || utf8Length(text) > MAX_TEXT_BYTES) {
        return {
          problem: problem(
            "bad_text",
            "The text is empty or longer than 65,536 bytes. Nothing was sent. Correct the text at the server.",
          ),
        };
      }
      return { command: { type, messageId, waMessageId, phone, text } };
    }
    case "mark": {
      const marker = own(command, "marker");
      return isLike(marker, NAME)
        ? { command: { type, marker } }
        : malformed("marker is missing or too long");
    }
    case "compose": {
      const phone = own(command, "phone");
      const text = own(command, "text");
      if (!isLike(phone, E164)) {
        return malformed("phone is not of the form +5511970000001");
      }
      return typeof text === "string" && text !== "" && utf8Length(text) <= MAX_COMPOSE_BYTES
        ? { command: { type, phone, text } }
        : malformed("text is empty or longer than 4,096 bytes");
    }
    case "link_by_code": {
      const phone = own(command, "phone");
      return isLike(phone, E164)
        ? { command: { type, phone } }
        : malformed("phone is not of the form +5511970000001");
    }
    case "use_here":
    case "refresh_qr":
    case "log_out":
      return { command: { type } };
    default:
      return malformed("its command is unknown to this bridge");
  }
}

function readFilePart(command: unknown): Checked {
  const messageId = own(command, "messageId");
  const sha256 = own(command, "sha256");
  const sizeBytes = own(command, "sizeBytes");
  const offsetBytes = own(command, "offsetBytes");
  const base64 = own(command, "base64");
  return isLike(messageId, NAME) &&
    isLike(sha256, SHA256) &&
    isCount(sizeBytes, MAX_DOCUMENT_BYTES) &&
    (offsetBytes === 0 || isCount(offsetBytes, sizeBytes)) &&
    typeof base64 === "string"
    ? { command: { type: "file_part", messageId, sha256, sizeBytes, offsetBytes, base64 } }
    : malformed("a piece of a file is not described as agreed");
}

function readSendFile(
  command: unknown,
  to: { readonly messageId: MessageId; readonly waMessageId: WaMessageId; readonly phone: string },
): Checked {
  const caption = own(command, "caption");
  const kind = own(command, "kind");
  const fileName = own(command, "fileName");
  const mimeType = own(command, "mimeType");
  const sizeBytes = own(command, "sizeBytes");
  const sha256 = own(command, "sha256");
  if (typeof caption !== "string" || caption.length > MAX_CAPTION_CHARS * 2) {
    return { problem: LONG_CAPTION };
  }
  if (kind !== "image" && kind !== "document") {
    return malformed("the file is of no kind");
  }
  return typeof fileName === "string" &&
    matchText(FILE_NAME, fileName) !== null &&
    utf8Length(fileName) <= MAX_FILE_NAME_BYTES &&
    isLike(mimeType, MIME_TYPE) &&
    isCount(sizeBytes, kind === "image" ? MAX_IMAGE_BYTES : MAX_DOCUMENT_BYTES) &&
    isLike(sha256, SHA256)
    ? {
        command: { type: "send_file", ...to, caption, kind, fileName, mimeType, sizeBytes, sha256 },
      }
    : malformed("the file is not described as agreed");
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === "number" && isInteger(value) && value > 0 && value <= most;
}

function own(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function isLike(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && matchText(pattern, value) !== null;
}

function malformed(why: string): { readonly problem: Problem } {
  return {
    problem: problem(
      "bad_request",
      `The page's script refused a command: ${why}. Nothing was sent by it.`,
    ),
  };
}

const LONG_CAPTION = problem(
  "bad_text",
  "The text beside the file is longer than 1,024 characters. Nothing was sent. Correct it at the server.",
);
