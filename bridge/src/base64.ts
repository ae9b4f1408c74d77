import { charCodeAt, makeBytes } from "./builtins";

const PADDING = 61;

/** The bytes of standard base64 with padding; null for anything else. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) {
    return null;
  }
  let padding = 0;
  while (padding < 2 && padding < text.length && codeFromEnd(text, padding) === PADDING) {
    padding += 1;
  }
  const digits = text.length - padding;
  const bytes = makeBytes((text.length / 4) * 3 - padding);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let index = 0; index < digits; index += 1) {
    const value = sextet(charCodeAt(text, index));
    if (value < 0) {
      return null;
    }
    held = ((held & 0xff) << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
    }
  }
  return bytes;
}

function codeFromEnd(text: string, back: number): number {
  return charCodeAt(text, text.length - 1 - back);
}

function sextet(code: number): number {
  if (code >= 65 && code <= 90) {
    return code - 65;
  }
  if (code >= 97 && code <= 122) {
    return code - 71;
  }
  if (code >= 48 && code <= 57) {
    return code + 4;
  }
  return code === 43 ? 62 : code === 47 ? 63 : -1;
}
