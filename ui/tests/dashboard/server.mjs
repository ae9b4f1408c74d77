// A queue server that only pretends: it answers the dashboard's calls from fixtures, under the real server's CSP.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { openapi } from "./api-document.mjs";
import * as office from "./fixtures.mjs";
import { outreach } from "./outreach.mjs";
import { webhooks } from "./webhooks.mjs";

export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };
/** The document of the API page: a small one, or a real server's, from the file that `HOTDESK_OPENAPI` names. */
const document = process.env.HOTDESK_OPENAPI
  ? JSON.parse(await readFile(process.env.HOTDESK_OPENAPI, "utf8"))
  : openapi;
const DOWN = {
  code: "server_error",
  message: "The server cannot reach its database. Nothing is lost; try again in a moment.",
};

/** One page of a list whose cursor is a place in it. */
function page(all, query, one = (item) => item) {
  const from = Number(query.get("cursor") ?? query.get("before") ?? 0);
  const limit = Number(query.get("limit") ?? 100);
  const rows = all.slice(from, from + limit).map(one);
  return { rows, next: from + limit < all.length ? String(from + limit) : null, total: all.length };
}

/**
 * Starts it on a free port. `scene` is one of: `full`, `empty` (an office of the first day), `down` (every read
 * but the session fails), `cut` (no live events), `out` (nobody is signed in), `slow` (reads never end),
 * `alone` (no desktop can be asked), `admin` (an admin has signed in), `refuses` (an admin whose changes fail),
 * `first` (an admin on the first day).
 */
export async function serve({ folder, scene: named = "full" }) {
  // `down-admin` and `slow-admin`: the same for an admin.
  const [scene] = named.split("-");
  const empty = scene === "empty" || scene === "first";
  let signedIn = scene !== "out";
  const admin = named.endsWith("-admin") || ["admin", "refuses", "first"].includes(scene);
  const session = {
    ...office.SESSION,
    person: { ...office.SESSION.person, role: admin ? "admin" : "manager" },
  };
  let settings = office.SETTINGS;
  const parts = [webhooks({ empty, may: admin }), outreach({ empty })];
  const indices = Array.from({ length: empty ? 0 : office.TOTAL }, (_, index) => index);
  const messages = Array.from({ length: empty ? 0 : office.MESSAGES }, (_, index) => index);
  const sdrs = structuredClone(empty ? [] : office.SDRS);
  const streams = new Set();
  const calls = [];
  const zones = new Map();
  const requeued = new Set();
  let linkBy = "qr";

  const tell = (kind, id) => {
    for (const stream of streams)
      stream.write(`event: ${kind}\ndata: ${JSON.stringify({ id })}\n\n`);
  };

  /** Answers `[status, body]`. */
  function answer(method, path, query, body) {
    if (path === "/api/session") {
      if (method === "POST") {
        const known = body.includes("right");
        signedIn ||= known;
        return known
          ? [200, session]
          : [
              401,
              {
                code: "wrong_credentials",
                message: "The server does not know this e-mail with this password.",
              },
            ];
      }
      if (method === "DELETE") signedIn = false;
      return signedIn
        ? [200, session]
        : method === "DELETE"
          ? [204]
          : [401, { code: "unauthorized", message: "Sign in first." }];
    }
    if (!signedIn) return [401, { code: "unauthorized", message: "Sign in first." }];
    if (method === "GET" && scene === "down") return [503, DOWN];
    const rest = path.slice("/api/".length);
    if (method !== "GET" && scene === "refuses") return [503, DOWN];
    for (const part of parts) {
      const answered = part(method, rest, query, body);
      if (answered) return answered;
    }
    if (method === "GET") return read(rest, query);
    if (rest === "settings") {
      settings = JSON.parse(body);
      return [200, settings];
    }
    const [, again] = /^messages\/([^/]+)\/requeue$/.exec(rest) ?? [];
    if (again && Number(again.slice(2)) % 5 === 3) {
      return [
        409,
        { code: "opted_out", message: "This lead does not want messages. Nothing was changed." },
      ];
    }
    if (again) requeued.add(again);
    const [, whose] = /^leads\/([^/]+)\/time-zone$/.exec(rest) ?? [];
    if (whose) {
      const { timeZone } = JSON.parse(body);
      zones.set(whose, { timeZone, zones: [timeZone ?? "America/Sao_Paulo"] });
      return [204];
    }
    const [, id] = /^sdrs\/([^/]+)\/whatsapp\/connect$/.exec(rest) ?? [];
    if (id && scene === "alone") {
      return [
        409,
        {
          code: "bad_request",
          message:
            "No desktop of this SDR is switched on and signed in, so nobody can do this; nothing was changed, start Hotdesk there and ask again.",
        },
      ];
    }
    if (id) {
      Object.assign(
        sdrs.find((one) => one.id === id),
        { online: true, wish: "link" },
      );
      linkBy = JSON.parse(body).method;
      tell("sdr", id);
      return [202];
    }
    if (rest.startsWith("leads/import")) {
      const dry = query.get("dryRun") === "true";
      return [200, dry ? office.IMPORT : { ...office.IMPORT, importId: "i-1" }];
    }
    if (rest === "leads/assign") {
      return [
        200,
        {
          assigned: 2,
          skippedCount: 1,
          skipped: [{ leadId: "l-2", why: "A message to this lead is being sent right now." }],
        },
      ];
    }
    if (rest.endsWith("/decision"))
      return [200, { sdrId: "jane", state: "sent", generation: 0, pinnedTo: null }];
    return [204];
  }

  function read(rest, query) {
    const search = (query.get("search") ?? "").toLowerCase();
    const [, kind, id] = /^(leads|messages)\/([^/]+)$/.exec(rest) ?? [];
    if (kind === "leads") {
      const one = { ...office.lead(Number(id.slice(2))), ...zones.get(id) };
      const sent =
        one.messages === 0
          ? []
          : [4, 6].slice(0, one.messages).map((at) => ({ ...office.message(at), leadId: one.id }));
      const replies = sent.flatMap((message) =>
        message.replies.map((reply) => ({ ...reply, messageId: message.messageId })),
      );
      return [200, { lead: one, messages: sent.reverse(), replies }];
    }
    if (kind === "messages") return [200, office.message(Number(id.slice(2)))];
    switch (rest) {
      case "sdrs":
        return [200, { sdrs }];
      case "leads": {
        const status = query.get("status");
        const wanted =
          search || status
            ? indices.filter((index) => {
                const one = office.lead(index);
                return (
                  (!search || one.name.toLowerCase().includes(search)) &&
                  (!status || one.status === status)
                );
              })
            : indices;
        const { rows, next, total } = page(wanted, query, office.lead);
        return [200, { leads: rows, next, total }];
      }
      case "messages": {
        const state = query.get("state");
        const campaign = query.get("campaignId");
        const wanted = messages.filter((index) => {
          const one = office.message(index);
          return (
            (!state || one.state === state) &&
            (!campaign || one.campaignId === campaign) &&
            !requeued.has(one.messageId)
          );
        });
        const { rows, next } = page(wanted, query, office.message);
        return [200, { messages: rows, next }];
      }
      case "review":
        return [
          200,
          {
            messages: empty
              ? []
              : office.REVIEW.filter(
                  (one) => !query.get("sdrId") || one.sdrId === query.get("sdrId"),
                ),
            next: null,
          },
        ];
      case "audit": {
        const { rows, next } = page(empty ? [] : office.AUDIT, query);
        return [200, { entries: rows, next: next === null ? null : Number(next) }];
      }
      case "opt-outs": {
        const all = empty
          ? []
          : office.OPT_OUTS.filter(
              (one) => !search || `${one.phone} ${one.reason}`.toLowerCase().includes(search),
            );
        const { rows, next, total } = page(all, query);
        return [200, { optOuts: rows, next, total }];
      }
      case "figures":
        return [
          200,
          empty
            ? {
                days: [],
                funnel: { queued: 0, sent: 0, delivered: 0, read: 0, replied: 0 },
                failures: [],
              }
            : office.figures(Number(query.get("days") ?? 30), query.get("sdrId")),
        ];
      case "settings":
        return [200, settings];
      case "openapi.json":
        return [200, empty ? { ...document, paths: {} } : document];
      case "sdr/whatsapp/qr":
        return [
          200,
          {
            sdrId: query.get("sdrId"),
            ...(linkBy === "code"
              ? { method: "code", value: "K7MX9QPA", expiresInMs: 164_000 }
              : {
                  method: "qr",
                  value: `2@${"Zm9yIHRoZSBmaXh0dXJlcw".repeat(6)},a1b2c3d4`,
                  expiresInMs: 17_000,
                }),
          },
        ];
      default:
        return [404, { code: "not_found", message: "There is no such call." }];
    }
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (pathname === "/api/live") {
      if (scene === "cut") return response.writeHead(503).end();
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      response.write("event: hello\ndata: {}\n\n");
      streams.add(response);
      request.on("close", () => streams.delete(response));
      return;
    }
    if (pathname.startsWith("/api/")) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const method = request.method;
      calls.push({ method, path: pathname, csrf: request.headers["x-csrf-token"] ?? null });
      if (scene === "slow" && pathname !== "/api/session") return;
      const needs = method !== "GET" && pathname !== "/api/session";
      const [status, body] =
        needs && request.headers["x-csrf-token"] !== office.SESSION.csrfToken
          ? [
              403,
              {
                code: "forbidden",
                message: "The call lacks the session’s token; nothing was changed.",
              },
            ]
          : answer(method, pathname, searchParams, Buffer.concat(chunks).toString());
      response.writeHead(status, {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
      });
      return response.end(body === undefined ? "" : JSON.stringify(body));
    }
    const name = extname(pathname) === "" ? "index.html" : pathname;
    try {
      const content = await readFile(join(folder, name));
      response.writeHead(200, {
        "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    calls,
    /** The session ends at the server. */
    end: () => {
      signedIn = false;
    },
    close: () => {
      for (const stream of streams) stream.end();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
