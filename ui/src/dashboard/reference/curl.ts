/** Writes a call as a command for a shell. */
import type { Callers, Content, Operation, Parameter, Reference, Way } from "./document";
import { exampleOf } from "./example";
import { type Json, objectOf, own } from "./json";
import { flat } from "./schema";

/** The variable of a placeholder: `leadId` is `$LEAD_ID`. */
export function variable(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/\W+/g, "_");
  const clean = words.replaceAll(/^_+|_+$/g, "").toUpperCase();
  return `$${/^[A-Z]/.test(clean) ? clean : `V_${clean}`}`;
}

/** Text between double quotes, in which only our own variables mean something. */
function inDouble(text: string): string {
  return text.replaceAll(/[\\"$`]/g, "\\$&").replaceAll("!", "\"'!'\"");
}

/** Text between single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The body as it is sent, where it is JSON. */
export function bodyExample(reference: Reference, content: Content, whole: boolean): Json {
  if (content.example !== undefined) return content.example;
  return exampleOf(reference.root, content.schema, whole ? "whole" : "least");
}

/** Whether a body of this kind is JSON. */
export function isJson(type: string): boolean {
  return /^application\/(.+\+)?json\b/i.test(type);
}

/** The command. What differs for each caller are variables of the shell, so there is no secret in it. */
export function curlOf(reference: Reference, operation: Operation, origin: string): string {
  const { method, parameters, callers, body, answers } = operation;
  const server = /^https?:\/\//.test(reference.server) ? reference.server : origin;
  const base = inDouble(server.replace(/\/$/, ""));
  const must = parameters.filter(({ required }) => required);
  const verb = method === "HEAD" ? ["--head"] : method === "GET" ? [] : [`-X ${method}`];
  const stream = answers.some(({ contents }) =>
    contents.some(({ type }) => /event-stream/.test(type)),
  );
  const lines = [
    [
      "curl",
      ...verb,
      ...(stream ? ["-N"] : []),
      `"${base}${pathOf(operation)}${queryOf(must)}"`,
    ].join(" "),
    ...must
      .filter(({ place }) => place === "header")
      .map(({ name }) => `-H "${inDouble(name)}: ${variable(name)}"`),
    ...knownBy(callers, method !== "GET" && method !== "HEAD"),
  ];
  const content = body?.contents.find(({ type }) => isJson(type)) ?? body?.contents[0];
  if (content) lines.push(...sent(reference, content));
  return lines.join(" \\\n  ");
}

function pathOf({ path }: Operation): string {
  return path
    .split(/(\{[^{}]+\})/)
    .map((part) => (/^\{.+\}$/.test(part) ? variable(part) : inDouble(part)))
    .join("");
}

function queryOf(must: Parameter[]): string {
  const asked = must
    .filter(({ place }) => place === "query")
    .map(({ name }) => `${encodeURIComponent(name)}=${variable(name)}`);
  return asked.length === 0 ? "" : `?${asked.join("&")}`;
}

/** How the caller is known: by a token wherever that is taken. */
function knownBy({ anybody, ways }: Callers, changes: boolean): string[] {
  const [first] = ways;
  const chosen = ways.find((all) => all.every(({ kind }) => kind === "token")) ?? first;
  if (anybody || chosen === undefined) return [];
  return chosen.flatMap((way) => proof(way, changes));
}

function proof(way: Way, changes: boolean): string[] {
  switch (way.kind) {
    case "token":
      return ['-H "Authorization: Bearer $HOTDESK_TOKEN"'];
    case "cookie":
      return [
        `--cookie "${inDouble(way.field)}=$HOTDESK_SESSION"`,
        ...(changes ? ['-H "X-CSRF-Token: $HOTDESK_CSRF_TOKEN"'] : []),
      ];
    case "key":
      return way.place === "header" ? [`-H "${inDouble(way.field)}: ${variable(way.field)}"`] : [];
    case "other":
      return [];
  }
}

function sent(reference: Reference, content: Content): string[] {
  const type = `-H ${quoted(`Content-Type: ${content.type}`)}`;
  if (isJson(content.type)) {
    const body = JSON.stringify(bodyExample(reference, content, false), null, 2);
    return [type, `-d ${quoted(body)}`];
  }
  if (!/^multipart\/form-data/i.test(content.type)) return [type, "--data-binary @file"];
  const { properties } = flat(reference.root, content.schema, []);
  const example = objectOf(bodyExample(reference, content, false));
  // curl says itself what kind of a form it sends.
  return [...properties]
    .filter(([name]) => own(example, name) !== undefined)
    .map(([name, schema]) => {
      const { keys } = flat(reference.root, schema, []);
      const file =
        keys.get("format") === "binary" || keys.has("contentMediaType") || name === "file";
      const value = own(example, name);
      const plain = typeof value === "string" ? value : JSON.stringify(value);
      return `-F ${quoted(`${name}=${file ? "@file" : plain}`)}`;
    });
}
