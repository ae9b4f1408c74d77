/** The names of fields, for the search. */
import type { Content, Parameter } from "./document";
import { DEEP, type Json, type JsonObject, listOf, objectOf, own, pointed, textOf } from "./json";

const ONE = ["items", "additionalProperties", "not", "if", "then", "else", "contains"];
const SEVERAL = ["allOf", "oneOf", "anyOf", "prefixItems"];

/** Every field that a call takes or gives, once. */
export function namesIn(root: JsonObject, parameters: Parameter[], contents: Content[]): string[] {
  const names = new Set(parameters.map(({ name }) => name));
  const seen = new Set<string>();
  const walk = (value: Json | undefined, deep: number) => {
    const schema = objectOf(value);
    if (schema === null || deep > DEEP) return;
    const ref = textOf(own(schema, "$ref"));
    if (ref !== "" && !seen.has(ref)) {
      seen.add(ref);
      walk(pointed(root, ref), deep + 1);
    }
    for (const [name, field] of Object.entries(objectOf(own(schema, "properties")) ?? {})) {
      names.add(name);
      walk(field, deep + 1);
    }
    for (const key of ONE) walk(own(schema, key), deep + 1);
    for (const key of SEVERAL) for (const one of listOf(own(schema, key))) walk(one, deep + 1);
  };
  for (const { schema } of [...parameters, ...contents]) walk(schema, 0);
  return [...names];
}
