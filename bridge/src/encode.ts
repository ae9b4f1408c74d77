import { charCodeAt, isArray, isInteger, keysOf, quote, sliceText, textFromCode } from "./builtins";

/** What can be encoded. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * JSON text of a value. Unlike `JSON.stringify` it never looks for a `toJSON` (which a script of
 * the page may have put on a prototype) and writes only text that a strict reader takes: no lone
 * surrogates, no numbers that are not finite.
 */
export function encode(value: unknown): string {
  if (value === null || value === undefined) {
    return "null";
  }
  if (typeof value === "string") {
    return quote(wellFormed(value));
  }
  if (typeof value === "boolean") {
    return value ? "true" : "false";
  }
  if (typeof value === "number") {
    return isInteger(value) ? `${value}` : "0";
  }
  if (isArray(value)) {
    let text = "[";
    for (let index = 0; index < value.length; index += 1) {
      text += (index === 0 ? "" : ",") + encode(value[index]);
    }
    return `${text}]`;
  }
  if (typeof value === "object") {
    const keys = keysOf(value);
    let text = "{";
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index] ?? "";
      text += `${(index === 0 ? "" : ",") + quote(key)}:${encode((value as Record<string, unknown>)[key])}`;
    }
    return `${text}}`;
  }
  return "null";
}

/** The text with every half of a surrogate pair that stands alone replaced by U+FFFD. */
export function wellFormed(text: string): string {
  let clean = "";
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = charCodeAt(text, index);
    if (code < 0xd800 || code > 0xdfff) {
      continue;
    }
    const next = index + 1 < text.length ? charCodeAt(text, index + 1) : 0;
    if (code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
      index += 1;
      continue;
    }
    clean += sliceText(text, from, index) + textFromCode(0xfffd);
    from = index + 1;
  }
  return from === 0 ? text : clean + sliceText(text, from, text.length);
}

/** Bytes of the text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = charCodeAt(text, index);
    if (code < 0x80) {
      bytes += 1;
    } else if (code < 0x800) {
      bytes += 2;
    } else if (code >= 0xd800 && code <= 0xdbff) {
      bytes += 4;
      index += 1;
    } else {
      bytes += 3;
    }
  }
  return bytes;
}
