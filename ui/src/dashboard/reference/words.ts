/** What is said of the calls. */
import type { Tone } from "../../lib/words";
import type { Callers, Way } from "./document";
import { type Json, textOf } from "./json";

/** The server says it of every text, and no database keeps one. */
const NO_NUL = "^[^\\u0000]*$";

/** The colour of a method. */
export function methodTone(method: string): Tone {
  switch (method) {
    case "GET":
      return "busy";
    case "POST":
      return "ok";
    case "PUT":
    case "PATCH":
      return "wait";
    case "DELETE":
      return "bad";
    default:
      return "off";
  }
}

/** The colour of a status. */
export function statusTone(status: string): Tone {
  if (status.startsWith("2")) return "ok";
  if (status.startsWith("4")) return "wait";
  return status.startsWith("5") ? "bad" : "off";
}

/** How a way to be known is called, within a sentence. */
export function wayWords(way: Way): string {
  switch (way.kind) {
    case "token":
      return "a token";
    case "cookie":
      return "a browser’s session";
    case "key":
      return `${way.field} in the ${way.place}`;
    case "other":
      return way.name;
  }
}

/** Who may call, in one line. */
export function callersWords({ anybody, ways }: Callers): string {
  if (ways.length === 0) return "Anybody, without being signed in";
  const known = ways.map((all) => all.map(wayWords).join(" and ")).join(" or ");
  return anybody ? `Anybody; also with ${known}` : `Whoever has ${known}`;
}

/** The parameters of a place, as they stand over their list. */
export function placeWords(place: string): string {
  switch (place) {
    case "path":
      return "In the path";
    case "query":
      return "In the query";
    case "header":
      return "In the headers";
    case "cookie":
      return "In the cookies";
    default:
      return `In ${place}`;
  }
}

/** A value as it is written. */
export function literal(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A bound that is no more than what the type can hold is none. */
function told(value: Json | undefined): number | null {
  return typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
}

function range(least: number | null, most: number | null, unit = ""): string {
  const units = (of: number) => (unit === "" ? "" : ` ${unit}${of === 1 ? "" : "s"}`);
  const number = (of: number) => of.toLocaleString("en");
  if (least !== null && least === most) return `exactly ${number(least)}${units(least)}`;
  if (least !== null && most !== null) return `${number(least)} to ${number(most)}${units(most)}`;
  if (least !== null) return `at least ${number(least)}${units(least)}`;
  return most === null ? "" : `at most ${number(most)}${units(most)}`;
}

/** What a value must keep to, each in a few words. */
export function boundsOf(keys: ReadonlyMap<string, Json>): string[] {
  const at = (key: string) => told(keys.get(key));
  const above = at("exclusiveMinimum");
  const below = at("exclusiveMaximum");
  const pattern = textOf(keys.get("pattern"));
  const multiple = at("multipleOf");
  const preset = keys.get("default");
  return [
    range(at("minimum"), at("maximum")),
    above === null ? "" : `more than ${above.toLocaleString("en")}`,
    below === null ? "" : `less than ${below.toLocaleString("en")}`,
    multiple === null ? "" : `a multiple of ${multiple.toLocaleString("en")}`,
    range(at("minLength") || null, at("maxLength"), "character"),
    range(at("minItems") || null, at("maxItems"), "item"),
    range(at("minProperties") || null, at("maxProperties"), "field"),
    keys.get("uniqueItems") === true ? "no item twice" : "",
    pattern === "" || pattern === NO_NUL ? "" : `matches ${pattern}`,
    keys.get("additionalProperties") === false ? "no other fields" : "",
    keys.get("readOnly") === true ? "only in answers" : "",
    keys.get("writeOnly") === true ? "only in requests" : "",
    preset === undefined || preset === null ? "" : `${literal(preset)} if left out`,
  ].filter((words) => words !== "");
}
