import { count } from "../../lib/format";
import type { Api } from "../api";
import { MOST_ROWS } from "../paging.svelte";
import type { MessagesAnswer, Problem } from "../wire";
import type { MessagesQuestion } from "./list.svelte";

/** A message that was given up. */
export type Dead = { id: string; lead: string };
/** One that could not be queued again, and why. */
export type Refused = { lead: string; why: string };

/** Queues messages again that were given up, one by one: each is judged by itself. */
export class Requeueing {
  /** Null while they are being looked for. */
  found = $state.raw<Dead[] | null>(null);
  problem = $state.raw<Problem | null>(null);
  running = $state(false);
  ended = $state(false);
  done = $state(0);
  refused = $state.raw<Refused[]>([]);
  readonly #api: Api;
  #stopped = false;

  tried = $derived(this.done + this.refused.length);

  constructor(api: Api) {
    this.#api = api;
  }

  /** Finds all of them, also those that the list has not loaded. */
  async look(question: MessagesQuestion): Promise<void> {
    this.problem = null;
    const all: Dead[] = [];
    let cursor: string | null = null;
    do {
      const query = { ...question, state: "dead", newest: true, cursor, limit: MOST_ROWS };
      const outcome: Awaited<ReturnType<typeof this.page>> = await this.page(query);
      if (this.#stopped) return;
      if (outcome.status === "error") {
        this.problem = outcome.error;
        return;
      }
      for (const { messageId, leadName } of outcome.data.messages)
        all.push({ id: messageId, lead: leadName });
      cursor = outcome.data.next ?? null;
    } while (cursor !== null);
    this.found = all;
  }

  private page(query: Parameters<Api["get"]>[1]) {
    return this.#api.get<MessagesAnswer>("/api/messages", query);
  }

  /** Queues them; what the server refuses does not stop the rest, but a server that is away or a session that ended does. */
  async run(): Promise<void> {
    if (this.running || this.ended || !this.found) return;
    this.running = true;
    for (const { id, lead } of this.found) {
      if (this.#stopped) break;
      const path = `/api/messages/${encodeURIComponent(id)}/requeue`;
      const outcome = await this.#api.send("POST", path);
      if (outcome.status === "ok") {
        this.done += 1;
        continue;
      }
      if (["unreachable", "unauthorized"].includes(outcome.error.code)) {
        this.problem = outcome.error;
        break;
      }
      this.refused = [...this.refused, { lead, why: outcome.error.message }];
    }
    this.running = false;
    this.ended = true;
  }

  /** After the one that is under way. */
  stop(): void {
    this.#stopped = true;
  }

  /** `12 queued again, 2 could not be.` */
  get line(): string {
    const all = this.found?.length ?? 0;
    const parts = [`${count(this.done, "message")} queued again`];
    if (this.refused.length > 0)
      parts.push(`${this.refused.length.toLocaleString("en")} could not be`);
    const rest = all - this.tried;
    if (rest > 0) parts.push(`${rest.toLocaleString("en")} not tried`);
    return `${parts.join(", ")}.`;
  }
}

/** Reasons, the most frequent first, with those whom they are about. */
export function byReason(refused: readonly Refused[]): { why: string; leads: string[] }[] {
  const all = new Map<string, string[]>();
  for (const { why, lead } of refused) all.set(why, [...(all.get(why) ?? []), lead]);
  return [...all]
    .map(([why, leads]) => ({ why, leads }))
    .toSorted((one, other) => other.leads.length - one.leads.length);
}
