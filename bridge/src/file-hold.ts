import { decodeBase64 } from "./base64";
import { makeBytes } from "./builtins";
import {
  type BridgeCommand,
  MAX_PART_BYTES,
  type MessageId,
  type Problem,
} from "./generated/protocol";
import { problem } from "./problem";
import { openSha256, type Sha256 } from "./sha256";

type FilePart = Extract<BridgeCommand, { type: "file_part" }>;
type SendFile = Extract<BridgeCommand, { type: "send_file" }>;

/** The one file on its way through this page, in memory only. A new load has none. */
export interface FileHold {
  /** Adds the piece that comes next; one at 0 begins anew. Null, or why it was not taken. */
  add(part: FilePart): Problem | null;
  /** Gives the whole file of this message, and lets go of it whatever it is. */
  take(order: SendFile): { readonly bytes: Uint8Array } | { readonly problem: Problem };
  /** Lets go of this message's file. */
  drop(messageId: MessageId): void;
}

interface Held {
  readonly messageId: MessageId;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly sum: Sha256;
  received: number;
}

/** Nothing yet. */
export function openFileHold(): FileHold {
  let held: Held | null = null;

  return {
    add(part) {
      if (part.offsetBytes === 0) {
        const { messageId, sha256, sizeBytes } = part;
        const bytes = makeBytes(sizeBytes);
        held = { messageId, sha256, bytes, sum: openSha256(), received: 0 };
      }
      const piece =
        part.base64.length <= (MAX_PART_BYTES / 3) * 4 ? decodeBase64(part.base64) : null;
      if (
        held === null ||
        piece === null ||
        piece.length === 0 ||
        held.messageId !== part.messageId ||
        held.sha256 !== part.sha256 ||
        held.bytes.length !== part.sizeBytes ||
        held.received !== part.offsetBytes ||
        held.received + piece.length > held.bytes.length
      ) {
        held = null;
        return NOT_NEXT;
      }
      for (let index = 0; index < piece.length; index += 1) {
        held.bytes[held.received + index] = piece[index] ?? 0;
      }
      held.received += piece.length;
      held.sum.add(piece);
      return null;
    },
    take(order) {
      const file = held;
      held = null;
      const whole =
        file !== null &&
        file.messageId === order.messageId &&
        file.sha256 === order.sha256 &&
        file.bytes.length === order.sizeBytes &&
        file.received === order.sizeBytes &&
        file.sum.end() === order.sha256;
      return whole ? { bytes: file.bytes } : { problem: NOT_WHOLE };
    },
    drop(messageId) {
      if (held?.messageId === messageId) {
        held = null;
      }
    },
  };
}

const NOT_NEXT = problem(
  "bad_request",
  "The page's script refused a piece of a file: it is not the next one. Nothing was sent; the file is given again.",
);
const NOT_WHOLE = problem(
  "not_now",
  "The file of the message is not whole in the page. Nothing was sent; the file is given again.",
);
