// A small OpenAPI document of the kind the server makes, with each thing that the API page has to show.
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema) => ({ "application/json": { schema } });
const object = (required, properties, more = {}) => ({
  type: "object",
  required: required.split(" ").filter(Boolean),
  properties,
  ...more,
});
const ok = (description, schema, status = 200) => ({
  [status]: { description, ...(schema && { content: json(schema) }) },
});
const text = { type: "string", pattern: "^[^\\u0000]*$" };
const orNull = (schema) => ({ oneOf: [{ type: "null" }, schema] });
const id = { name: "id", in: "path", required: true, description: "Which one", schema: text };
const REFUSALS = {
  400: "The call is not what is taken; nothing was changed",
  401: "Nobody is signed in, or no longer",
  403: "The caller may not see or do this",
  404: "There is none",
  409: "It is not in review, or something else was decided",
  429: "Too many calls; `Retry-After` says when to try again",
};
const wait = {
  "Retry-After": { description: "Seconds to wait", schema: { type: "integer", minimum: 0 } },
};
const refused = (...codes) =>
  Object.fromEntries(
    codes.map((code) => [
      code,
      {
        description: REFUSALS[code],
        content: json(ref("Problem")),
        ...(code === 429 && { headers: wait }),
      },
    ]),
  );
const call = (tag, operationId, summary, responses, more = {}) => ({
  tags: [tag],
  operationId,
  summary,
  responses,
  ...more,
});
const body = (content) => ({ requestBody: { required: true, content } });
const browser = { security: [{ browser: [] }] };
const anybody = { security: [{}] };

const paths = {
  "/api/figures": {
    get: call(
      "Figures",
      "get_figures",
      "What came of the messages of the last days.",
      {
        ...ok("By day", { type: "object", additionalProperties: ref("Count") }),
        ...refused(401),
      },
      {
        parameters: [
          {
            name: "days",
            in: "query",
            description: "How many days back",
            schema: { type: "integer", format: "u-int32", minimum: 1, maximum: 366, default: 30 },
          },
        ],
      },
    ),
  },
  "/api/files": {
    post: call(
      "Messages",
      "post_files",
      "Keeps a file for messages to carry. Its id says nothing about who may read it.",
      {
        ...ok("It was kept before", ref("File")),
        ...ok("It is kept", ref("File"), 201),
        ...refused(400, 401),
      },
      {
        parameters: [{ name: "X-File-Name", in: "header", required: true, schema: text }],
        ...body({ "application/octet-stream": {} }),
      },
    ),
  },
  "/api/leads": {
    get: call(
      "Leads",
      "get_leads",
      "A page of leads; an SDR sees their own.",
      {
        ...ok("A page of leads", ref("LeadsAnswer")),
        ...refused(400, 401, 429),
      },
      {
        parameters: [
          {
            name: "search",
            in: "query",
            description: "What the name, the company or the number has in it",
            schema: { type: ["string", "null"], maxLength: 80 },
          },
          { name: "status", in: "query", schema: orNull(ref("LeadStatus")) },
          { name: "sort", in: "query", schema: ref("Missing") },
          {
            name: "limit",
            in: "query",
            description: "How many at most",
            schema: { type: "integer", minimum: 1, maximum: 200, default: 100 },
          },
        ],
      },
    ),
  },
  "/api/leads/import": {
    post: call(
      "Leads",
      "post_leads_import",
      "Takes a file of leads.",
      { ...ok("What was taken"), ...refused(403) },
      {
        deprecated: true,
        ...body({
          "multipart/form-data": {
            schema: object("file consent", {
              file: { type: "string", format: "binary" },
              consent: { type: "string", maxLength: 400 },
            }),
          },
        }),
      },
    ),
  },
  "/api/live": {
    get: call(
      "The dashboard",
      "get_live",
      "Server-sent events, until the session ends or the server stops.",
      {
        200: {
          description: "The events",
          content: { "text/event-stream": { schema: { type: "string" } } },
        },
      },
      browser,
    ),
  },
  "/api/messages": {
    post: call(
      "Messages",
      "post_messages",
      "201; 200 if this very message was queued before.",
      {
        ...ok("It is queued", ref("Message"), 201),
        ...refused(400, 401, 429),
      },
      body(json(ref("NewMessage"))),
    ),
  },
  "/api/messages/{id}/decision": {
    post: call(
      "Review",
      "post_messages_one_decision",
      "Does what was decided, once; whoever repeats it gets the same\nanswer.",
      {
        ...ok("Where it stands", ref("Message")),
        ...refused(404, 409),
      },
      {
        description:
          "What may be decided:\n\n- `sent`: it has left, as somebody saw in the chat;\n- `resend`: it has not, and is sent once more.\n\nNobody but a person decides.",
        parameters: [id],
        ...body(json(ref("Decision"))),
      },
    ),
  },
  "/api/session": {
    post: call(
      "Sign-in",
      "post_session",
      "Trades e-mail and password for a cookie.",
      { ...ok("The session is open"), ...refused(401, 429) },
      { ...anybody, ...body(json(ref("SignIn"))) },
    ),
    delete: call(
      "Sign-in",
      "delete_session",
      "Ends the session: 204, and the browser forgets the cookie.",
      ok("It has ended", undefined, 204),
      browser,
    ),
  },
  "/api/settings": {
    put: call(
      "Settings",
      "put_settings",
      "For admins; what was changed, from what to what, goes into the audit. Repeatable.",
      { ...ok("The rules now", ref("Rules")), ...refused(400, 403) },
      body(json(ref("Rules"))),
    ),
  },
  "/api/webhooks/{id}": {
    delete: call(
      "Webhooks",
      "delete_webhooks_one",
      "Tells a program no more, and forgets its log.",
      { ...ok("It is gone", undefined, 204), ...refused(403, 404) },
      { parameters: [id] },
    ),
  },
  "/healthz": {
    get: call(
      "The server",
      "get_healthz",
      "200 while the process lives, whatever the store does.",
      ok("It lives"),
      anybody,
    ),
  },
};

const only = (value, description) => ({
  type: "string",
  enum: [value],
  ...(description && { description }),
});
const whole = (minimum, maximum, more = {}) => ({ type: "integer", minimum, maximum, ...more });
const schemas = {
  Problem: object(
    "code message",
    {
      code: { type: "string", description: "Which kind" },
      message: { type: "string", description: "What happened and what to do, for people" },
    },
    { description: "Why it was refused." },
  ),
  Count: object("sent", { sent: whole(0, 2 ** 63) }),
  UtcMs: whole(-(2 ** 63), 2 ** 63, {
    format: "int64",
    description: "Milliseconds since 1970, UTC",
  }),
  LeadStatus: {
    type: "string",
    enum: ["new", "queued", "sent", "replied", "review", "failed", "opted_out"],
  },
  Lead: object("id name phone status createdAtMs", {
    id: text,
    name: text,
    phone: { type: "string", description: "As E.164, such as `+5511960000001`" },
    company: { type: ["string", "null"] },
    status: ref("LeadStatus"),
    createdAtMs: ref("UtcMs"),
  }),
  LeadsAnswer: object("leads total", {
    leads: { type: "array", items: ref("Lead") },
    next: { type: ["string", "null"], description: "The `cursor` of the page after it" },
    total: { type: "integer", minimum: 0 },
  }),
  File: object("id", { id: text, bytes: { type: "integer", minimum: 0 } }),
  Body: {
    oneOf: [
      object("type text", {
        type: only("text"),
        text: { type: "string", minLength: 1, maxLength: 4096 },
      }),
      object("type file", {
        type: only("file"),
        file: ref("File"),
        caption: { type: ["string", "null"] },
      }),
    ],
  },
  NewMessage: object("messageId leadId body", {
    messageId: {
      type: "string",
      format: "uuid",
      description: "Chosen by the caller, so that what is sent twice is queued once",
    },
    leadId: text,
    body: ref("Body"),
    notBeforeMs: orNull(ref("UtcMs")),
  }),
  Message: {
    allOf: [
      ref("NewMessage"),
      object("state", {
        state: {
          oneOf: [
            only("queued", "Waits its turn"),
            only("sent", "WhatsApp has it"),
            only("review", "It may have been sent; a person decides"),
          ],
        },
        answerTo: orNull(ref("Message")),
      }),
    ],
  },
  Decision: object("decision generation", {
    decision: { type: "string", enum: ["sent", "resend", "cancel"] },
    generation: whole(0, 4_294_967_295, { format: "u-int32" }),
    note: { type: ["string", "null"], maxLength: 500 },
  }),
  SignIn: object("email password", {
    email: { type: "string" },
    password: { type: "string", writeOnly: true },
  }),
  Rules: object(
    "timeZone hours gapMs",
    {
      timeZone: text,
      hours: {
        oneOf: [
          object("mode", { mode: only("always") }),
          object("mode days fromMin", {
            mode: only("weekly"),
            days: {
              type: "array",
              minItems: 1,
              items: { type: "string", enum: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] },
            },
            fromMin: whole(0, 1_439),
          }),
        ],
      },
      gapMs: { type: "integer", minimum: 1_000 },
    },
    { additionalProperties: false },
  ),
};

export const openapi = {
  openapi: "3.1.0",
  info: {
    title: "Hotdesk queue server",
    version: "0.1.0",
    description:
      "The queue that Hotdesk's desktops poll, and the dashboard around it. Times are UTC milliseconds, durations milliseconds. Every refusal is a `Problem`; no call that was refused has changed anything.",
  },
  security: [{ token: [] }, { browser: [] }],
  paths,
  components: {
    securitySchemes: {
      browser: {
        type: "apiKey",
        in: "cookie",
        name: "__Host-hotdesk",
        description:
          "From `POST /api/session`. What changes something also carries its `csrfToken` as `X-CSRF-Token`",
      },
      token: { type: "http", scheme: "bearer", description: "From `POST /api/sender/auth`" },
    },
    schemas,
  },
};
