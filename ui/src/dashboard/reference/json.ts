/** Looking into JSON that may be anything. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** How deep a document is followed. */
export const DEEP = 48;

/** An object, or null where it is none. */
export function objectOf(value: unknown): JsonObject | null {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** A text; empty where it is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A list; empty where it is none. */
export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value : [];
}

/** What an object holds itself under a key: `constructor` and its like are nobody's. */
export function own(object: JsonObject | null, key: string): Json | undefined {
  return object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** What stands where a `$ref` of this document points; undefined where it points nowhere, or elsewhere. */
export function pointed(root: JsonObject, ref: string): Json | undefined {
  if (!ref.startsWith("#/")) return undefined;
  let at: Json | undefined = root;
  for (const part of ref.slice(2).split("/")) {
    const key = unescaped(part);
    at = Array.isArray(at) ? at[Number(key)] : own(objectOf(at), key);
  }
  return at;
}

function unescaped(part: string): string {
  let plain = part;
  try {
    plain = decodeURIComponent(part);
  } catch {
    // A stray % means itself.
  }
  return plain.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** What a reference leads to in the end, which is no reference any more; null where it leads nowhere. */
export function followed(root: JsonObject, value: Json | undefined): JsonObject | null {
  let at = objectOf(value);
  for (let step = 0; step < DEEP && at !== null; step += 1) {
    const ref = textOf(own(at, "$ref"));
    if (ref === "") return at;
    at = objectOf(pointed(root, ref));
  }
  return null;
}
