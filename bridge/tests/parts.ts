import { createHash } from "node:crypto";
import { MAX_PART_BYTES } from "../src/generated/protocol";

export const sha256 = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** The pieces of a file as the app gives them. */
export function parts(messageId: string, bytes: Uint8Array) {
  const pieces = [];
  for (let offsetBytes = 0; offsetBytes < bytes.length; offsetBytes += MAX_PART_BYTES) {
    const piece = bytes.subarray(offsetBytes, offsetBytes + MAX_PART_BYTES);
    pieces.push({
      type: "file_part",
      messageId,
      sha256: sha256(bytes),
      sizeBytes: bytes.length,
      offsetBytes,
      base64: Buffer.from(piece).toString("base64"),
    } as const);
  }
  return pieces;
}

/** The order that follows the pieces. */
export function fileOrder(waMessageId: string, bytes: Uint8Array, more: object = {}) {
  return {
    type: "send_file" as const,
    messageId: `m-${waMessageId}`,
    waMessageId,
    phone: "+5511970000001",
    caption: "Our offer 📄",
    kind: "document" as "document" | "image",
    fileName: "offer.pdf",
    mimeType: "application/pdf",
    sizeBytes: bytes.length,
    sha256: sha256(bytes),
    ...more,
  };
}
