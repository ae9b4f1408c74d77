import {
  type Json,
  type JsonObject,
  listOf,
  objectOf,
  own,
  pointed,
  textOf,
} from "../../../src/dashboard/reference/json";

const IS: Record<string, (value: Json) => boolean> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  array: Array.isArray,
  object: (value) => objectOf(value) !== null,
};

/** Why a value is not what a schema takes; empty where it is. Of JSON Schema only what our documents use. */
export function faults(
  root: JsonObject,
  schema: Json | undefined,
  value: Json,
  at = "$",
): string[] {
  const rules = objectOf(schema);
  if (rules === null) return [];
  const found: string[] = [];
  const say = (bad: boolean, words: string) => bad && found.push(`${at} ${words}`);
  const check = (one: Json | undefined, of: Json, where = at) => faults(root, one, of, where);

  const ref = textOf(own(rules, "$ref"));
  if (ref !== "") found.push(...check(pointed(root, ref), value));
  const types = [own(rules, "type")].flat().map(textOf).filter(Boolean);
  say(types.length > 0 && !types.some((type) => IS[type]?.(value)), `is no ${types.join(" or ")}`);
  const values = own(rules, "enum");
  say(Array.isArray(values) && !values.includes(value), "is none of the values");
  for (const one of listOf(own(rules, "allOf"))) found.push(...check(one, value));
  for (const key of ["oneOf", "anyOf"]) {
    const all = listOf(own(rules, key));
    say(all.length > 0 && all.every((one) => check(one, value).length > 0), "is none of the forms");
  }
  if (typeof value === "number") {
    say(value < Number(own(rules, "minimum") ?? Number.NEGATIVE_INFINITY), "is too small");
    say(value > Number(own(rules, "maximum") ?? Number.POSITIVE_INFINITY), "is too large");
  }
  if (typeof value === "string") {
    say(value.length < Number(own(rules, "minLength") ?? 0), "is too short");
    say(value.length > Number(own(rules, "maxLength") ?? Number.POSITIVE_INFINITY), "is too long");
  }
  if (Array.isArray(value)) {
    say(value.length < Number(own(rules, "minItems") ?? 0), "has too few items");
    say(value.length > Number(own(rules, "maxItems") ?? Number.POSITIVE_INFINITY), "has too many");
    for (const [index, one] of value.entries()) {
      found.push(...check(own(rules, "items"), one, `${at}[${index}]`));
    }
  }
  const object = objectOf(value);
  if (object) {
    const properties = objectOf(own(rules, "properties"));
    for (const name of listOf(own(rules, "required"))) {
      say(!Object.hasOwn(object, textOf(name)), `lacks ${textOf(name)}`);
    }
    for (const [name, one] of Object.entries(object)) {
      const field = own(properties, name) ?? own(rules, "additionalProperties");
      say(field === false, `has ${name}`);
      found.push(...check(field, one, `${at}.${name}`));
    }
  }
  return found;
}
