/** Makes an example of a schema. */
import { DEEP, type Json, type JsonObject, listOf, objectOf } from "./json";
import { type Flat, flat, typesOf } from "./schema";

/** `answer`: every field; `whole`: every field that may be sent; `least`: only those that must be. */
export type Extent = "answer" | "whole" | "least";

/** More than this is no example any more. */
const MANY = 400;
const FORMATS: Record<string, string> = {
  "date-time": "2026-01-31T09:30:00Z",
  date: "2026-01-31",
  time: "09:30:00Z",
  duration: "PT30S",
  email: "ana@example.com",
  uuid: "0198c0de-7000-7000-8000-000000000001",
  uri: "https://example.com/",
  url: "https://example.com/",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  byte: "SGk=",
};
/** What a field of this name holds, first match first. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/e-?mail/i, "ana@example.com"],
  [/phone/i, "+5511960000001"],
  [/password|secret|pin$|token/i, "…"],
  [/url$/i, "https://example.com/"],
  [/timeZone|^zone/i, "America/Sao_Paulo"],
  [/hash$/i, "9f2c…"],
  [/mime|contentType/i, "text/plain"],
  [/file.?name/i, "offer.pdf"],
  [/^text$/i, "Hello Ana"],
  [/^name$|Name$/, "Ana Costa"],
  [/company/i, "Aurora"],
];

/** An example of what may stand there. `name` is the field's, for a likely value. */
export function exampleOf(
  root: JsonObject,
  schema: Json | undefined,
  extent: Extent,
  name = "",
): Json {
  let left = MANY;

  function make(
    value: Json | undefined,
    field: string,
    trail: readonly string[],
    deep: number,
  ): Json {
    left -= 1;
    const of = flat(root, value, trail);
    const given = givenIn(of);
    if (given !== undefined) return given;
    if (left <= 0 || deep > DEEP || of.loops) return of.nullable ? null : emptyOf(of);
    const [choice] = of.choices;
    if (choice !== undefined) {
      const chosen = make(choice, field, of.trail, deep + 1);
      const both = objectOf(chosen);
      return both && of.properties.size > 0 ? { ...fields(of, deep), ...both } : chosen;
    }
    switch (typesOf(of)[0]) {
      case "object":
        return fields(of, deep);
      case "array":
        return items(of, field, deep);
      case "integer":
      case "number":
        return numberOf(of, field);
      case "boolean":
        return true;
      case "null":
        return null;
      case "string":
        return stringOf(of, field);
      default:
        return of.nullable || value === undefined ? null : {};
    }
  }

  function fields(of: Flat, deep: number): JsonObject {
    const all: [string, Json][] = [];
    for (const [key, schema] of of.properties) {
      const must = of.required.has(key);
      const inner = flat(root, schema, of.trail);
      const barred = extent === "answer" ? "writeOnly" : "readOnly";
      const left = inner.keys.get(barred) === true || inner.keys.get("deprecated") === true;
      if (!must && (left || extent === "least" || inner.loops)) continue;
      all.push([key, make(schema, key, of.trail, deep + 1)]);
    }
    const more = objectOf(of.keys.get("additionalProperties"));
    if (more && (all.length === 0 || extent === "answer")) {
      all.push(["name", make(more, "", of.trail, deep + 1)]);
    }
    return Object.fromEntries(all);
  }

  function items(of: Flat, field: string, deep: number): Json[] {
    const tuple = listOf(of.keys.get("prefixItems"));
    if (tuple.length > 0) return tuple.map((one) => make(one, field, of.trail, deep + 1));
    const schema = of.keys.get("items");
    if (schema === undefined || schema === false || of.keys.get("maxItems") === 0) return [];
    if (flat(root, schema, of.trail).loops) return [];
    const one = make(schema, field.replace(/s$/, ""), of.trail, deep + 1);
    const least = Math.min(Math.max(Number(of.keys.get("minItems") ?? 1) || 1, 1), 20);
    return Array.from({ length: least }, () => one);
  }

  const made = make(schema, name, [], 0);
  // Nothing must be sent: an empty object says nothing.
  const empty = extent === "least" && Object.keys(objectOf(made) ?? { some: 1 }).length === 0;
  return empty ? exampleOf(root, schema, "whole", name) : made;
}

/** What the schema itself gives. */
function givenIn({ keys }: Flat): Json | undefined {
  const [first] = listOf(keys.get("examples"));
  for (const value of [keys.get("example"), first, keys.get("const"), keys.get("default")]) {
    if (value !== undefined && value !== null) return value;
  }
  return listOf(keys.get("enum")).find((value) => value !== null);
}

function emptyOf(of: Flat): Json {
  switch (typesOf(of)[0]) {
    case "array":
      return [];
    case "integer":
    case "number":
      return numberOf(of, "");
    case "string":
      return stringOf(of, "");
    case "boolean":
      return true;
    default:
      return {};
  }
}

function numberOf({ keys, name }: Flat, field: string): number {
  const at = (key: string) => (typeof keys.get(key) === "number" ? Number(keys.get(key)) : null);
  const time = name === "UtcMs" || /AtMs$/.test(field);
  const likely = time ? Date.UTC(2026, 0, 31, 9, 30) : 1;
  const above = at("exclusiveMinimum");
  const below = at("exclusiveMaximum");
  const least = at("minimum") ?? (above === null ? null : above + 1);
  const most = at("maximum") ?? (below === null ? null : below - 1);
  return Math.min(Math.max(likely, least ?? likely), most ?? Number.MAX_SAFE_INTEGER);
}

function stringOf({ keys }: Flat, field: string): string {
  const named = NAMES.find(([name]) => name.test(field))?.[1];
  const format = String(keys.get("format") ?? "");
  const likely = (Object.hasOwn(FORMATS, format) ? FORMATS[format] : named) ?? "string";
  const least = Math.min(Number(keys.get("minLength") ?? 0) || 0, 200);
  const most = keys.get("maxLength");
  const long = likely.padEnd(least, "x");
  return typeof most === "number" ? long.slice(0, Math.max(0, most)) : long;
}
