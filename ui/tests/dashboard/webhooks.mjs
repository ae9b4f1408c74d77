// Webhooks of the fake server: three programs and their logs, and what changes them.
import { NOW } from "./fixtures.mjs";

const MINUTE = 60_000;
export const KINDS = [
  "message.queued",
  "message.sent",
  "message.delivered",
  "message.read",
  "message.failed",
  "message.dead",
  "message.cancelled",
  "message.review",
  "reply.received",
  "opt_out.added",
  "session.changed",
];
const CRM = ["message.sent", "message.failed", "reply.received", "opt_out.added"];
const FIRST = [
  {
    id: "w-1",
    url: "https://crm.almar.example/in/hotdesk",
    kinds: CRM,
    createdAtMs: NOW - 40 * 24 * 60 * MINUTE,
    waiting: 0,
    failed: 0,
  },
  {
    id: "w-2",
    url: "https://sheets.almar.example/append?sheet=replies",
    kinds: ["reply.received"],
    createdAtMs: NOW - 12 * 24 * 60 * MINUTE,
    waiting: 2,
    failed: 3,
  },
  {
    id: "w-3",
    url: "http://127.0.0.1:9000/all",
    kinds: KINDS,
    createdAtMs: NOW - 90 * MINUTE,
    waiting: 14,
    failed: 0,
  },
];

const NO_ANSWER = "It did not answer within 10 s.";
const WAYS = [
  { state: "waiting", attempts: 3, due: 6 * MINUTE, status: 503, problem: "It answered 503." },
  { state: "waiting", attempts: 0, due: 0, status: null, problem: null },
  { state: "delivered", attempts: 1, due: null, status: 200, problem: null },
  { state: "delivered", attempts: 2, due: null, status: 204, problem: null },
  { state: "failed", attempts: 10, due: null, status: null, problem: NO_ANSWER },
];

function log(webhook) {
  return Array.from({ length: 60 }, (_, index) => {
    const bad = webhook.failed + webhook.waiting > 0;
    const way = WAYS[bad && index < 5 ? index : 2 + (index % 2)];
    const atMs = NOW - index * 17 * MINUTE - 3 * MINUTE;
    return {
      seq: 1_000 - index,
      id: `d-${index}`,
      kind: webhook.kinds[index % webhook.kinds.length],
      atMs,
      state: way.state,
      attempts: way.attempts,
      triedAtMs: way.attempts === 0 ? null : atMs + MINUTE,
      dueAtMs: way.due === null ? null : NOW + way.due,
      status: way.status,
      problem: way.problem,
    };
  });
}

/** The webhooks of one fake server; answers `[status, body]`, or null where the call is no business of theirs. */
export function webhooks({ empty, may }) {
  let all = empty ? [] : FIRST;
  const logs = new Map();
  const logOf = (id) => {
    if (!all.some((one) => one.id === id)) return [];
    if (!logs.has(id)) logs.set(id, log(all.find((one) => one.id === id)));
    return logs.get(id);
  };
  return (method, rest, query, body) => {
    if (!rest.startsWith("webhooks")) return null;
    if (!may) return [403, { code: "forbidden", message: "Only an admin may do this." }];
    const [, id, what] = rest.split("/");
    if (method === "GET" && !id) return [200, { webhooks: all, kinds: KINDS }];
    if (method === "GET") {
      const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY);
      const found = logOf(id).filter((one) => one.seq < before);
      const deliveries = found.slice(0, 30);
      const next = found.length > 30 ? deliveries.at(-1).seq : null;
      return [200, { deliveries, next }];
    }
    if (method === "DELETE") {
      all = all.filter((one) => one.id !== id);
      return [204];
    }
    if (what === "test") {
      const first = { ...logOf(id)[2], seq: 2_000, id: "d-t", kind: "webhook.test", atMs: NOW };
      logs.set(id, [first, ...logOf(id)]);
      return [202];
    }
    if (id === "deliveries") return [202];
    const made = { ...JSON.parse(body), id: "w-9", createdAtMs: NOW, waiting: 0, failed: 0 };
    all = [...all, made];
    return [201, { id: "w-9", secret: "whsec_Zm9yIHRoZSBmaXh0dXJlcywgbm90IGEgc2VjcmV0ISEh" }];
  };
}
