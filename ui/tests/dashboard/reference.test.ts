import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { curlOf, quoted, variable } from "../../src/dashboard/reference/curl";
import {
  type Operation,
  operationOf,
  type Reference,
  referenceOf,
  schemasOf,
} from "../../src/dashboard/reference/document";
import { exampleOf } from "../../src/dashboard/reference/example";
import { type Json, type JsonObject, objectOf } from "../../src/dashboard/reference/json";
import { type Shape, shapeOf } from "../../src/dashboard/reference/schema";
import { foundIn } from "../../src/dashboard/reference/search";
import { blocksOf, firstSentence, tokensOf } from "../../src/dashboard/reference/text";
import { callersWords } from "../../src/dashboard/reference/words";
import { openapi } from "./api-document.mjs";
import { faults } from "./support/check";

const ORIGIN = "https://desk.example";
/** A real server's, where one is given: `scripts/test contract` does. */
const REAL = process.env.HOTDESK_OPENAPI;
const documents: [string, JsonObject][] = [["the small document", openapi]];
if (REAL) documents.push(["a real server’s", JSON.parse(readFileSync(REAL, "utf8"))]);

function read(raw: unknown): Reference {
  const reference = referenceOf(raw);
  if (reference === null) throw new Error("not read");
  return reference;
}

function call(id: string, of = read(openapi)): Operation {
  const operation = operationOf(of, id);
  if (operation === null) throw new Error(`no ${id}`);
  return operation;
}

const all = (reference: Reference) => reference.tags.flatMap((tag) => tag.operations);
const named = (name: string) => shapeOf(openapi, { $ref: `#/components/schemas/${name}` });
const inside = (shape: Shape) => shape.inside?.() ?? { fields: [], variants: [] };
const field = (shape: Shape, name: string) =>
  inside(shape).fields.find((one) => one.name === name) ?? expect.fail(`no ${name}`);

/** Opens everything that can be opened, and says how much that was. */
function openAll(shape: Shape, left = { count: 20_000 }, deep = 0): number {
  left.count -= 1;
  if (left.count < 0 || deep > 40) return deep;
  const { fields, variants } = inside(shape);
  const depths = [...fields, ...variants].map((one) => openAll(one.shape, left, deep + 1));
  return Math.max(deep, ...depths);
}

describe("a document", () => {
  test("is listed by tag, each call once and under an address of its own", () => {
    const reference = read(openapi);
    expect(reference.count).toBe(12);
    expect(reference.tags.map(({ name }) => name)).toEqual(
      [...reference.tags.map(({ name }) => name)].sort((a, b) => a.localeCompare(b, "en")),
    );
    const ids = all(reference).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("orders its tags itself where it says how", () => {
    const tags = [{ name: "Sign-in" }, { name: "Nothing" }, { name: "Leads" }];
    expect(
      read({ ...openapi, tags })
        .tags.map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(["Sign-in", "Leads", "Figures"]);
  });

  test("says who may call", () => {
    const words = (id: string) => callersWords(call(id).callers);
    expect(words("get_leads")).toBe("Whoever has a token or a browser’s session");
    expect(words("delete_session")).toBe("Whoever has a browser’s session");
    expect(words("post_session")).toBe("Anybody, without being signed in");
    const odd = {
      openapi: "3.1.0",
      paths: { "/a": { get: { security: [{}, { sso: [], mtls: [] }] } } },
    };
    expect(callersWords(call("get-a", read(odd)).callers)).toBe("Anybody; also with sso and mtls");
  });

  test("takes a parameter of the address unless the call has its own", () => {
    const parameter = (description: string) => ({ name: "id", in: "path", description });
    const get = { parameters: [parameter("mine")] };
    const item = { parameters: [parameter("all"), { name: "q", in: "query" }], get };
    const { parameters } = call("get-a-id", read({ openapi: "3.2.0", paths: { "/a/{id}": item } }));
    expect(parameters.map(({ name, description }) => `${name} ${description}`)).toEqual([
      "id mine",
      "q ",
    ]);
    expect(parameters[0]?.required, "what is in the path always is").toBe(true);
  });

  test("that is none is told from one that lacks something", () => {
    for (const raw of [null, undefined, [], "openapi", 3, {}, { swagger: "2.0" }, { openapi: 3 }]) {
      expect(referenceOf(raw)).toBeNull();
    }
    expect(read({ openapi: "4.0.0" })).toMatchObject({ title: "The API", count: 0, tags: [] });
  });

  test("with anything at all in any place is still read", () => {
    const odd: Json[] = [null, 7, "x", [], {}, [null], { $ref: "#/nowhere" }, { $ref: 7 }, true];
    const places: ((value: Json) => JsonObject)[] = [
      (value) => ({
        paths: value,
        components: value,
        security: value,
        servers: value,
        tags: value,
      }),
      (value) => ({ paths: { "/a": value }, info: value, security: [value], servers: [value] }),
      (value) => ({ paths: { "/a": { get: value, parameters: value } }, tags: [value] }),
      (value) => ({
        components: { securitySchemes: { a: value }, schemas: { a: value } },
        security: [{ a: [] }],
        paths: { "/a": { get: { parameters: value, requestBody: value, responses: value } } },
      }),
      (value) => ({
        paths: {
          "/a": {
            post: {
              tags: value,
              parameters: [value, { name: "q", schema: value }],
              requestBody: { content: value },
              responses: {
                200: value,
                default: { headers: value, content: { "text/plain": value } },
              },
            },
          },
        },
      }),
      (value) => ({
        paths: {
          "/a": { put: { requestBody: { content: { "application/json": { schema: value } } } } },
        },
      }),
    ];
    for (const value of odd) {
      for (const place of places) {
        const reference = read({ openapi: "3.1.0", ...place(value) });
        for (const operation of all(reference)) show(reference, operation);
      }
    }
  });

  test("with the names of every object’s own functions is read like any other", () => {
    const raw = JSON.parse(
      '{"openapi":"3.1.0","paths":{"/a":{"get":{"operationId":"constructor","tags":["__proto__"],"parameters":[{"name":"q","schema":{"$ref":"#/components/schemas/toString"}},{"name":"__proto__","schema":{"type":"object","required":["__proto__"],"properties":{"__proto__":{"type":"string"}}}}]}}}}',
    );
    const reference = read(raw);
    const operation = call("constructor", reference);
    show(reference, operation);
    expect(shapeOf(reference.root, operation.parameters[0]?.schema).missing).toBe(true);
    const example = exampleOf(reference.root, operation.parameters[1]?.schema, "whole");
    expect(Object.keys(objectOf(example) ?? {})).toEqual(["__proto__"]);
    expect(operationOf(reference, "toString")).toBeNull();
  });
});

/** All that the page does with a call. */
function show(reference: Reference, operation: Operation) {
  const { parameters, body, answers } = operation;
  expect(curlOf(reference, operation, ORIGIN)).toMatch(/^curl /);
  const contents = [...(body?.contents ?? []), ...answers.flatMap((answer) => answer.contents)];
  for (const { schema } of [...parameters, ...contents]) {
    openAll(shapeOf(reference.root, schema), { count: 500 });
    expect(() => JSON.stringify(exampleOf(reference.root, schema, "answer"))).not.toThrow();
  }
}

describe("a schema", () => {
  test("says what type it is, what must be there and what may be null", () => {
    const lead = named("Lead");
    expect(lead.type).toBe("Lead");
    expect(field(lead, "phone")).toMatchObject({ required: true, shape: { type: "string" } });
    expect(field(lead, "company")).toMatchObject({ required: false, shape: { nullable: true } });
    expect(field(lead, "createdAtMs").shape).toMatchObject({ type: "integer", name: "UtcMs" });
    expect(field(named("LeadsAnswer"), "leads").shape.type).toBe("array of Lead");
    expect(named("Problem").description).toBe("Why it was refused.");
  });

  test("leaves out bounds that are no more than what the type holds, and says all others", () => {
    expect(named("UtcMs").bounds).toEqual([]);
    expect(named("Count").inside?.().fields[0]?.shape.bounds).toEqual(["at least 0"]);
    expect(field(named("Decision"), "note").shape.bounds).toEqual(["at most 500 characters"]);
    expect(named("Rules").bounds).toEqual(["no other fields"]);
    const odd = { type: "string", minLength: 1, maxLength: 1, pattern: "^a$", default: "a" };
    expect(shapeOf(openapi, odd).bounds).toEqual([
      "exactly 1 character",
      "matches ^a$",
      "a if left out",
    ]);
    expect(field(named("Lead"), "name").shape.bounds, "that no text has a NUL").toEqual([]);
  });

  test("of several forms names each by what tells it apart", () => {
    expect(inside(named("Body")).variants.map(({ title }) => title)).toEqual([
      "type: text",
      "type: file",
    ]);
    const outer = { oneOf: [{ properties: { Text: {} } }, { properties: { File: {} } }] };
    expect(inside(shapeOf({}, outer)).variants.map(({ title }) => title)).toEqual(["Text", "File"]);
  });

  test("whose forms are single values is a list of them with what each means", () => {
    const { values, inside: more } = field(named("Message"), "state").shape;
    expect(values[0]).toEqual({ value: "queued", description: "Waits its turn" });
    expect(values).toHaveLength(3);
    expect(more).toBeNull();
  });

  test("of several parts has the fields of all, and one that stands in itself is not opened again", () => {
    const message = named("Message");
    expect(inside(message).fields.map(({ name }) => name)).toEqual([
      "messageId",
      "leadId",
      "body",
      "notBeforeMs",
      "state",
      "answerTo",
    ]);
    expect(field(message, "answerTo").shape).toMatchObject({
      loops: true,
      nullable: true,
      inside: null,
    });
  });

  test("that the document refers to and does not have is said to be missing", () => {
    const sort = call("get_leads").parameters.find(({ name }) => name === "sort");
    expect(shapeOf(openapi, sort?.schema)).toMatchObject({ type: "Missing", missing: true });
  });

  test("that turns in circles, or grows without end, is left at some depth", () => {
    const schemas: JsonObject = {
      A: { $ref: "#/components/schemas/B" },
      B: { allOf: [{ $ref: "#/components/schemas/A" }, { $ref: "#/components/schemas/B" }] },
      C: { type: "array", items: { $ref: "#/components/schemas/C" } },
      D: { oneOf: [{ $ref: "#/components/schemas/D" }, { type: "string" }] },
      E: { additionalProperties: { $ref: "#/components/schemas/E" } },
    };
    for (let at = 0; at < 40; at += 1) {
      const next = { $ref: `#/components/schemas/W${at + 1}` };
      schemas[`W${at}`] = { allOf: [next, next], properties: { a: next, b: next } };
    }
    let deep: Json = { type: "string" };
    for (let at = 0; at < 5_000; at += 1) deep = { type: "array", items: deep, allOf: [deep] };
    schemas.Deep = deep;
    const root: JsonObject = { components: { schemas } };
    for (const [name, schema] of schemasOf(root)) {
      openAll(shapeOf(root, schema), { count: 2_000 });
      expect(JSON.stringify(exampleOf(root, schema, "whole")).length, name).toBeLessThan(100_000);
    }
  });
});

describe("an example", () => {
  test("has what must be there, and all that may be where it is shown in whole", () => {
    const decision = { $ref: "#/components/schemas/Decision" };
    expect(exampleOf(openapi, decision, "least")).toEqual({ decision: "sent", generation: 1 });
    expect(exampleOf(openapi, decision, "whole")).toMatchObject({ note: "string" });
    expect(exampleOf(openapi, { properties: { a: { type: "string" } } }, "least")).toEqual({
      a: "string",
    });
  });

  test("takes what the document gives, and what a field of the name likely holds", () => {
    const given = {
      type: "object",
      properties: { a: { examples: [7] }, phone: { type: "string" } },
    };
    expect(exampleOf(openapi, given, "whole")).toEqual({ a: 7, phone: "+5511960000001" });
  });

  test("leaves out what is not sent, and what is not answered", () => {
    const schema = {
      properties: {
        id: { type: "string", readOnly: true },
        pin: { type: "string", writeOnly: true },
      },
    };
    expect(exampleOf(openapi, schema, "whole")).toEqual({ pin: "…" });
    expect(exampleOf(openapi, schema, "answer")).toEqual({ id: "string" });
  });
});

describe("the command", () => {
  const curl = (id: string) => curlOf(read(openapi), call(id), ORIGIN);

  test("has variables where each caller differs, and no secret", () => {
    expect(curl("post_messages_one_decision")).toBe(
      `curl -X POST "https://desk.example/api/messages/$ID/decision" \\
  -H "Authorization: Bearer $HOTDESK_TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{
  "decision": "sent",
  "generation": 1
}'`,
    );
    expect(variable("leadId")).toBe("$LEAD_ID");
    expect(variable("7; rm -rf /")).toBe("$V_7_RM_RF");
  });

  test("says how the caller is known: by a cookie, or not at all", () => {
    expect(curl("get_healthz")).toBe('curl "https://desk.example/healthz"');
    expect(curl("delete_session")).toContain('--cookie "__Host-hotdesk=$HOTDESK_SESSION"');
    expect(curl("delete_session"), "it changes something").toContain(
      "X-CSRF-Token: $HOTDESK_CSRF_TOKEN",
    );
    expect(curl("get_live"), "it does not").not.toContain("CSRF");
    expect(curl("get_live"), "as it comes").toContain("-N");
  });

  test("sends a file or a form as such", () => {
    expect(curl("post_files")).toContain("--data-binary @file");
    expect(curl("post_files")).toContain('-H "X-File-Name: $X_FILE_NAME"');
    expect(curl("post_leads_import")).toContain("-F 'file=@file'");
    expect(curl("post_leads_import")).toContain("-F 'consent=string'");
  });

  test.runIf(existsSync("/bin/sh"))(
    "means to a shell what is in the document, and runs none of it",
    () => {
      const evil = `"; rm -rf ~; $(id) \`id\` \\ 'it' !x $HOME`;
      const schema = { type: "string", enum: [evil] };
      const post = {
        operationId: "x",
        security: [{ token: [] }],
        parameters: [{ name: evil, in: "header", required: true }],
        requestBody: { content: { "application/json": { schema } } },
      };
      const reference = read({ openapi: "3.1.0", paths: { [`/${evil}/{id}`]: { post } } });
      const command = curlOf(reference, call("x", reference), ORIGIN);
      const told = execFileSync("/bin/sh", ["-c", `curl() { printf '%s\\0' "$@"; }\n${command}`], {
        env: { ID: "7", RM_RF_ID_ID_IT_X_HOME: "h" },
        encoding: "utf8",
      });
      expect(told.split("\0").slice(0, -1)).toEqual([
        "-X",
        "POST",
        `${ORIGIN}/${evil}/7`,
        "-H",
        `${evil}: h`,
        "-H",
        "Content-Type: application/json",
        "-d",
        JSON.stringify(evil),
      ]);
      expect(quoted("it's")).toBe("'it'\\''s'");
    },
  );
});

describe("the search", () => {
  const found = (typed: string) =>
    foundIn(read(openapi).tags, typed).flatMap((tag) =>
      tag.found.map(({ operation }) => operation.id),
    );

  test("finds a call by its path, its words, its method and its tag", () => {
    expect(found("")).toHaveLength(12);
    expect(found("webhooks/")).toEqual(["delete_webhooks_one"]);
    expect(found("server-sent")).toEqual(["get_live"]);
    expect(found("DELETE session")).toEqual(["delete_session"]);
    expect(found("no such thing")).toEqual([]);
  });

  test("finds a call by a field anywhere in what it takes or answers, and says by which", () => {
    const [tag] = foundIn(read(openapi).tags, "notbefore");
    expect(tag?.found[0]).toMatchObject({
      operation: { id: "post_messages" },
      names: ["notBeforeMs"],
    });
    expect(found("createdAt")).toEqual(["get_leads"]);
    expect(found("consent import"), "a field and a word of the path").toEqual([
      "post_leads_import",
    ]);
    expect(found("message code"), "every refusal has these").not.toContain("get_leads");
  });
});

describe("words of a document", () => {
  test("are cut into paragraphs, lists and code; links are their words", () => {
    const text =
      "One\nline, `code`.\n\n- first\n  goes on\n- [second](https://else.example)\n\n[`Third`]";
    expect(blocksOf(text)).toEqual([
      {
        kind: "text",
        lines: [
          [
            { code: false, text: "One line, " },
            { code: true, text: "code" },
            { code: false, text: "." },
          ],
        ],
      },
      {
        kind: "list",
        lines: [[{ code: false, text: "first goes on" }], [{ code: false, text: "second" }]],
      },
      { kind: "text", lines: [[{ code: true, text: "Third" }]] },
    ]);
    expect(blocksOf("")).toEqual([]);
    expect(firstSentence("Takes `a.b`. And more.")).toBe("Takes a.b.");
  });

  test("of an example are coloured without a letter lost", () => {
    for (const code of [
      '{\n  "a": "b $X",\n  "c": [1, -2.5, true, null]\n}',
      "",
      '"',
      "curl $A_B",
    ]) {
      for (const json of [true, false]) {
        expect(
          tokensOf(code, json)
            .map(({ text }) => text)
            .join(""),
        ).toBe(code);
      }
    }
    expect(tokensOf('{"a": 1}', true).map(({ kind }) => kind)).toEqual([
      "plain",
      "key",
      "plain",
      "value",
      "plain",
    ]);
    expect(tokensOf("-H $TOKEN", false)[1]).toEqual({ kind: "variable", text: "$TOKEN" });
  });
});

describe.each(documents)("in %s", (_name, document) => {
  const reference = read(document);

  test("every call is shown, with a command", () => {
    expect(reference.count).toBeGreaterThan(10);
    for (const operation of all(reference)) show(reference, operation);
  });

  test("every schema opens to its end, and its example is what it takes", () => {
    const schemas = schemasOf(document);
    expect(schemas.length).toBeGreaterThan(10);
    for (const [name, schema] of schemas) {
      expect(openAll(shapeOf(document, schema)), name).toBeLessThan(30);
      for (const extent of ["answer", "whole", "least"] as const) {
        expect(
          faults(document, schema, exampleOf(document, schema, extent)),
          `${name}, ${extent}`,
        ).toEqual([]);
      }
    }
  });

  test("every call can be found by each of its fields", () => {
    for (const operation of all(reference)) {
      for (const name of operation.names) {
        const found = foundIn(reference.tags, name).flatMap((tag) =>
          tag.found.map((one) => one.operation),
        );
        expect(found.includes(operation), `${operation.id} by ${name}`).toBe(true);
      }
    }
  });
});
