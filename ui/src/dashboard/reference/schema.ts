/** Makes a JSON Schema readable: one line for what it is, and what is inside, one level at a time. */
import { nameOf } from "./document";
import { DEEP, type Json, type JsonObject, listOf, objectOf, own, pointed, textOf } from "./json";
import { boundsOf, literal } from "./words";

/** A value that may stand there. */
export type Value = { value: string; description: string };

/** What one schema says. */
export type Shape = {
  /** As `string`, `array of LeadRow`, `one of 3`. */
  type: string;
  /** How the schema is called, where `type` does not say it. */
  name: string;
  nullable: boolean;
  values: Value[];
  bounds: string[];
  description: string;
  deprecated: boolean;
  /** It stands in itself; what is inside was shown further up. */
  loops: boolean;
  /** The document refers to what it does not have. */
  missing: boolean;
  /** What is inside; null where nothing is. */
  inside: (() => Inside) | null;
};

export type Field = { name: string; required: boolean; shape: Shape };
export type Variant = { title: string; shape: Shape };
/** What is inside of a schema. */
export type Inside = { fields: Field[]; variants: Variant[] };

/** A schema with what it refers to. Whatever is nearer wins. */
export type Flat = {
  name: string;
  nullable: boolean;
  loops: boolean;
  missing: boolean;
  never: boolean;
  keys: Map<string, Json>;
  properties: Map<string, Json>;
  required: Set<string>;
  choices: Json[];
  /** The references that led here. */
  trail: readonly string[];
};

/** Takes a schema together with all it refers to by `$ref` and `allOf`. */
export function flat(root: JsonObject, schema: Json | undefined, trail: readonly string[]): Flat {
  const seen = new Set<string>();
  const into: Flat = {
    name: "",
    nullable: false,
    loops: false,
    missing: false,
    never: schema === false,
    keys: new Map(),
    properties: new Map(),
    required: new Set(),
    choices: [],
    trail,
  };
  const take = (value: Json | undefined, itself: boolean, deep: number) => {
    const part = objectOf(value);
    if (part === null || deep > DEEP) return;
    for (const [key, one] of Object.entries(part)) {
      if (!into.keys.has(key)) into.keys.set(key, one);
    }
    for (const [name, one] of Object.entries(objectOf(own(part, "properties")) ?? {})) {
      if (!into.properties.has(name)) into.properties.set(name, one);
    }
    for (const name of listOf(own(part, "required"))) into.required.add(textOf(name));
    const ref = textOf(own(part, "$ref"));
    if (ref !== "" && !seen.has(ref)) {
      seen.add(ref);
      if (itself && into.name === "") into.name = nameOf(ref) ?? "";
      if (trail.includes(ref)) into.loops = true;
      const target = pointed(root, ref);
      if (target === undefined) into.missing = true;
      take(target, itself, deep + 1);
    }
    const parts = listOf(own(part, "allOf"));
    for (const one of parts) take(one, itself && parts.length === 1, deep + 1);
    for (const key of ["oneOf", "anyOf"]) {
      const all = listOf(own(part, key));
      const some = all.filter((one) => textOf(own(objectOf(one), "type")) !== "null");
      if (some.length < all.length) into.nullable = true;
      if (some.length === 1) take(some[0], itself, deep + 1);
      else into.choices.push(...some);
    }
  };
  take(schema, true, 0);
  const types = into.keys.get("type");
  if (Array.isArray(types) && types.includes("null")) into.nullable = true;
  into.trail = [...trail, ...seen];
  return into;
}

/** Its types but for null; guessed where it names none. */
export function typesOf(of: Flat): string[] {
  const said = of.keys.get("type");
  const types = (Array.isArray(said) ? said : [said]).map(textOf).filter((type) => type !== "");
  const known = types.filter((type) => type !== "null");
  if (known.length > 0 || types.length > 0) return known.length > 0 ? known : ["null"];
  if (of.properties.size > 0 || of.keys.has("additionalProperties")) return ["object"];
  if (of.keys.has("items") || of.keys.has("prefixItems")) return ["array"];
  const [one] = [...listOf(of.keys.get("enum")), of.keys.get("const")];
  return typeof one === "string" || typeof one === "number" || typeof one === "boolean"
    ? [typeof one]
    : [];
}

/** What may stand there, where that is a list of single values. */
function valuesOf(root: JsonObject, of: Flat): Value[] | null {
  const plain = (keys: Map<string, Json>): Json[] | null => {
    const only = keys.get("const");
    if (only !== undefined) return [only];
    return Array.isArray(keys.get("enum")) ? listOf(keys.get("enum")) : null;
  };
  const said = plain(of.keys);
  if (said) {
    return said
      .filter((value) => value !== null)
      .map((value) => ({ value: literal(value), description: "" }));
  }
  if (of.choices.length === 0) return null;
  const values: Value[] = [];
  for (const choice of of.choices) {
    const one = flat(root, choice, of.trail);
    const several = one.properties.size === 0 ? plain(one.keys) : null;
    if (several === null) return null;
    const description = textOf(one.keys.get("description"));
    values.push(...several.map((value) => ({ value: literal(value), description })));
  }
  return values;
}

/** What a schema says, and a way to what is inside. */
export function shapeOf(
  root: JsonObject,
  schema: Json | undefined,
  trail: readonly string[] = [],
  deep = 0,
): Shape {
  const of = flat(root, schema, trail);
  const values = valuesOf(root, of);
  const items = deep < DEEP ? itemsOf(of) : undefined;
  const item = items === undefined ? null : shapeOf(root, items.schema, of.trail, deep + 1);
  const type = typeWords(of, items?.kind, item, values !== null);
  const named = type.split(/ (?:of|or) /).includes(of.name);
  return {
    type,
    name: named ? "" : of.name,
    nullable: of.nullable,
    values: values ?? (of.properties.size === 0 ? item?.values : undefined) ?? [],
    bounds: boundsOf(of.keys),
    description: textOf(of.keys.get("description")) || textOf(of.keys.get("title")),
    deprecated: of.keys.get("deprecated") === true,
    loops: of.loops || (item?.loops ?? false),
    missing: of.missing || (item?.missing ?? false),
    inside: of.loops ? null : insideOf(root, of, items?.kind, item, values !== null),
  };
}

type Items = { kind: "array" | "map"; schema: Json };

/** What an array or a map holds. */
function itemsOf(of: Flat): Items | undefined {
  const items = of.keys.get("items");
  if (items !== undefined && items !== false && typesOf(of).includes("array")) {
    return { kind: "array", schema: items };
  }
  const more = of.keys.get("additionalProperties");
  if (objectOf(more) === null && more !== true) return undefined;
  return more === true && of.properties.size > 0
    ? undefined
    : { kind: "map", schema: more as Json };
}

function typeWords(of: Flat, kind: Items["kind"] | undefined, item: Shape | null, value: boolean) {
  if (of.never) return "nothing";
  if (kind === "array" && item) return `array of ${item.type}`;
  if (kind === "map" && item && of.properties.size === 0) return `map of ${item.type}`;
  if (of.choices.length > 0 && !value) return of.name || `one of ${of.choices.length}`;
  const types = value && typesOf(of).length === 0 ? ["string"] : typesOf(of);
  if (types.length === 1 && types[0] === "object" && of.name !== "") return of.name;
  // What an integer can hold is said by its bounds.
  const format = textOf(of.keys.get("format")).replace(/^u?-?int\d+$/, "");
  const words = types.length === 0 ? of.name || "any" : types.join(" or ");
  return format === "" ? words : `${words} (${format})`;
}

function insideOf(
  root: JsonObject,
  of: Flat,
  kind: Items["kind"] | undefined,
  item: Shape | null,
  value: boolean,
): Shape["inside"] {
  const tuple = listOf(of.keys.get("prefixItems"));
  const choices = value ? [] : of.choices;
  if (kind === "array" && tuple.length === 0 && choices.length === 0) return item?.inside ?? null;
  const some = of.properties.size + tuple.length + choices.length > 0;
  if (!some && (kind !== "map" || item === null)) return null;
  if (!some && item?.inside === null && item.values.length === 0 && item.bounds.length === 0) {
    return null;
  }
  return () => ({
    fields: [
      ...[...of.properties].map(([name, schema]) => ({
        name,
        required: of.required.has(name),
        shape: shapeOf(root, schema, of.trail),
      })),
      ...tuple.map((schema, at) => ({
        name: String(at),
        required: true,
        shape: shapeOf(root, schema, of.trail),
      })),
      ...(kind === "map" && item ? [{ name: "any name", required: false, shape: item }] : []),
    ],
    variants: variantsOf(root, of, choices),
  });
}

function variantsOf(root: JsonObject, of: Flat, choices: Json[]): Variant[] {
  const flats = choices.map((choice) => flat(root, choice, of.trail));
  const tag = tagOf(root, of, flats);
  return flats.map((one, at) => {
    const shape = shapeOf(root, choices[at], of.trail);
    const [only] = one.properties.size === 1 ? one.properties.keys() : [];
    const told = tag === null ? null : onlyValue(root, one, tag);
    const title =
      told === null ? one.name || only || textOf(one.keys.get("title")) : `${tag}: ${told}`;
    return { title: title || shape.type, shape };
  });
}

/** The field that tells the variants apart. */
function tagOf(root: JsonObject, of: Flat, flats: Flat[]): string | null {
  const said = textOf(own(objectOf(of.keys.get("discriminator")), "propertyName"));
  if (said !== "") return said;
  const [first] = flats;
  const tells = (name: string) => flats.every((one) => onlyValue(root, one, name) !== null);
  return [...(first?.properties.keys() ?? [])].find(tells) ?? null;
}

function onlyValue(root: JsonObject, of: Flat, name: string): string | null {
  const schema = of.properties.get(name);
  if (schema === undefined) return null;
  const { keys } = flat(root, schema, []);
  const values = keys.has("const") ? [keys.get("const")] : listOf(keys.get("enum"));
  const [value] = values;
  return values.length === 1 && typeof value === "string" ? value : null;
}
