/**
 * Reads an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html) into what the page shows. Nothing of it is
 * taken for granted: what is missing or odd is left out.
 */
import {
  followed,
  type Json,
  type JsonObject,
  listOf,
  objectOf,
  own,
  pointed,
  textOf,
} from "./json";
import { namesIn } from "./names";

/** A way to be known to the server. */
export type Way = {
  name: string;
  kind: "token" | "cookie" | "key" | "other";
  /** How the cookie, header or query field is called. */
  field: string;
  /** Where a key is written. */
  place: string;
  description: string;
};

/** Who may call: one of `ways`, each of which may need several at once; or anybody. */
export type Callers = { anybody: boolean; ways: Way[][] };

export type Parameter = {
  name: string;
  place: string;
  required: boolean;
  deprecated: boolean;
  description: string;
  schema: Json | undefined;
  example: Json | undefined;
};

/** A body in one form. */
export type Content = { type: string; schema: Json | undefined; example: Json | undefined };
export type Body = { required: boolean; description: string; contents: Content[] };
export type Answer = {
  status: string;
  description: string;
  headers: Parameter[];
  contents: Content[];
};

/** One call. */
export type Operation = {
  /** In the page's address. */
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  deprecated: boolean;
  callers: Callers;
  parameters: Parameter[];
  body: Body | null;
  answers: Answer[];
  /** The fields it takes and gives, for the search. */
  names: string[];
};

export type Tag = { name: string; description: string; operations: Operation[] };

/** The document, as it is shown. */
export type Reference = {
  root: JsonObject;
  title: string;
  version: string;
  description: string;
  /** Where the server is, if the document says so. */
  server: string;
  ways: Way[];
  tags: Tag[];
  count: number;
};

/** In the order in which they are listed. */
export const METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/** The document; null where it is no OpenAPI document at all. */
export function referenceOf(raw: unknown): Reference | null {
  const root = objectOf(raw);
  if (root === null || textOf(own(root, "openapi")) === "") return null;
  const info = objectOf(own(root, "info"));
  const ways = waysOf(root);
  const tags = tagsOf(root, ways);
  const [server] = listOf(own(root, "servers"));
  return {
    root,
    title: textOf(own(info, "title")) || "The API",
    version: textOf(own(info, "version")),
    description: textOf(own(info, "description")),
    server: textOf(own(objectOf(server), "url")),
    ways: [...ways.values()],
    tags,
    count: tags.reduce((sum, tag) => sum + tag.operations.length, 0),
  };
}

/** The call of this address; null where there is none. */
export function operationOf(reference: Reference, id: string): Operation | null {
  for (const tag of reference.tags) {
    const found = tag.operations.find((operation) => operation.id === id);
    if (found) return found;
  }
  return null;
}

function waysOf(root: JsonObject): Map<string, Way> {
  const schemes = objectOf(own(objectOf(own(root, "components")), "securitySchemes")) ?? {};
  const ways = new Map<string, Way>();
  for (const [name, value] of Object.entries(schemes)) {
    const scheme = followed(root, value);
    if (scheme) ways.set(name, wayOf(name, scheme));
  }
  return ways;
}

function wayOf(name: string, scheme: JsonObject): Way {
  const type = textOf(own(scheme, "type"));
  const place = textOf(own(scheme, "in"));
  const bearer = textOf(own(scheme, "scheme")).toLowerCase() === "bearer";
  const key = type === "apiKey" && (place === "cookie" ? "cookie" : "key");
  return {
    name,
    kind: type === "http" && bearer ? "token" : key || "other",
    field: textOf(own(scheme, "name")),
    place,
    description: textOf(own(scheme, "description")),
  };
}

function tagsOf(root: JsonObject, ways: Map<string, Way>): Tag[] {
  const tags = new Map<string, Tag>();
  const tagged = (name: string, description = "") => {
    const tag = tags.get(name) ?? { name, description, operations: [] };
    tags.set(name, tag);
    return tag;
  };
  for (const value of listOf(own(root, "tags"))) {
    const tag = objectOf(value);
    const name = textOf(own(tag, "name"));
    if (name !== "") tagged(name, textOf(own(tag, "description")));
  }
  const taken = new Set<string>();
  for (const [path, value] of Object.entries(objectOf(own(root, "paths")) ?? {})) {
    const item = followed(root, value);
    for (const method of METHODS) {
      const operation = objectOf(own(item, method));
      if (item === null || operation === null) continue;
      const [tag] = listOf(own(operation, "tags"));
      const read = operationIn(root, ways, path, method, item, operation);
      tagged(textOf(tag) || "Other").operations.push({ ...read, id: free(read.id, taken) });
    }
  }
  // In the document's own order; what it does not order, by name.
  const ordered = listOf(own(root, "tags")).length;
  const all = [...tags.values()];
  const rest = all.slice(ordered).sort((one, other) => one.name.localeCompare(other.name, "en"));
  return [...all.slice(0, ordered), ...rest].filter((tag) => tag.operations.length > 0);
}

/** An address that no other call has. */
function free(id: string, taken: Set<string>): string {
  let own = id;
  for (let more = 2; taken.has(own); more += 1) own = `${id}-${more}`;
  taken.add(own);
  return own;
}

function operationIn(
  root: JsonObject,
  ways: Map<string, Way>,
  path: string,
  method: string,
  item: JsonObject,
  operation: JsonObject,
): Operation {
  const parameters = parametersOf(root, [own(operation, "parameters"), own(item, "parameters")]);
  const body = bodyOf(root, own(operation, "requestBody"));
  const answers = answersOf(root, own(operation, "responses"));
  const good = answers.filter(({ status }) => !/^[45]/.test(status) && status !== "default");
  const shown = [...(body?.contents ?? []), ...good.flatMap(({ contents }) => contents)];
  const slug = `${method}${path.replaceAll(/[^\w-]+/g, "-").replace(/-$/, "")}`;
  return {
    id: textOf(own(operation, "operationId")) || slug,
    method: method.toUpperCase(),
    path,
    summary: textOf(own(operation, "summary")) || textOf(own(item, "summary")),
    description: textOf(own(operation, "description")) || textOf(own(item, "description")),
    deprecated: own(operation, "deprecated") === true,
    callers: callersOf(ways, own(operation, "security") ?? own(root, "security")),
    parameters,
    body,
    answers,
    names: namesIn(root, parameters, shown),
  };
}

function callersOf(ways: Map<string, Way>, security: Json | undefined): Callers {
  const all = listOf(security).map((one) => Object.keys(objectOf(one) ?? {}));
  const unknown = (name: string) => wayOf(name, {});
  return {
    anybody: all.length === 0 || all.some((names) => names.length === 0),
    ways: all
      .filter((names) => names.length > 0)
      .map((names) => names.map((name) => ways.get(name) ?? unknown(name))),
  };
}

/** Of the call, and of its address where the call does not say otherwise. */
function parametersOf(root: JsonObject, lists: (Json | undefined)[]): Parameter[] {
  const all = new Map<string, Parameter>();
  for (const value of lists.flatMap((list) => listOf(list))) {
    const parameter = followed(root, value);
    const name = textOf(own(parameter, "name"));
    if (parameter === null || name === "") continue;
    const read = parameterOf(name, textOf(own(parameter, "in")) || "query", parameter);
    const key = `${read.place} ${name}`;
    if (!all.has(key)) all.set(key, read);
  }
  return [...all.values()];
}

function parameterOf(name: string, place: string, parameter: JsonObject): Parameter {
  const [content] = contentsOf(own(parameter, "content"));
  return {
    name,
    place,
    required: own(parameter, "required") === true || place === "path",
    deprecated: own(parameter, "deprecated") === true,
    description: textOf(own(parameter, "description")),
    schema: own(parameter, "schema") ?? content?.schema,
    example: own(parameter, "example") ?? content?.example,
  };
}

function contentsOf(value: Json | undefined): Content[] {
  return Object.entries(objectOf(value) ?? {}).map(([type, media]) => {
    const object = objectOf(media);
    const [first] = Object.values(objectOf(own(object, "examples")) ?? {});
    return {
      type,
      schema: own(object, "schema"),
      example: own(object, "example") ?? own(objectOf(first), "value"),
    };
  });
}

function bodyOf(root: JsonObject, value: Json | undefined): Body | null {
  const body = followed(root, value);
  if (body === null) return null;
  return {
    required: own(body, "required") === true,
    description: textOf(own(body, "description")),
    contents: contentsOf(own(body, "content")),
  };
}

/** By status; what holds for every other status last. */
function answersOf(root: JsonObject, value: Json | undefined): Answer[] {
  const answers = Object.entries(objectOf(value) ?? {}).map(([status, one]) => {
    const answer = followed(root, one);
    const headers = Object.entries(objectOf(own(answer, "headers")) ?? {});
    return {
      status,
      description: textOf(own(answer, "description")),
      headers: headers.map(([name, header]) =>
        parameterOf(name, "header", followed(root, header) ?? {}),
      ),
      contents: contentsOf(own(answer, "content")),
    };
  });
  return answers.sort((one, other) => (one.status < other.status ? -1 : 1));
}

/** How a schema is called in the document; null where it stands nowhere by itself. */
export function nameOf(ref: string): string | null {
  return /^#\/components\/schemas\/([^/]+)$/.exec(ref)?.[1]?.replaceAll("~1", "/") ?? null;
}

/** The schemas that have a name, each as a reference to it. */
export function schemasOf(root: JsonObject): [string, Json][] {
  const schemas = objectOf(pointed(root, "#/components/schemas")) ?? {};
  return Object.keys(schemas).map((name) => [
    name,
    { $ref: `#/components/schemas/${escaped(name)}` },
  ]);
}

function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}
