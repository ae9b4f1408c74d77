import type { Decision } from "../../lib/office";
import type { Api } from "../api";
import { Reading } from "../reading.svelte";
import type { DecisionRequest, Problem, ReviewAnswer, ReviewRow } from "../wire";

/** What a decision is at the server. */
export function requestOf(decision: Decision, generation: number): DecisionRequest {
  switch (decision) {
    case "arrived":
      return { decision: "sent", generation, unlinked: false };
    case "send_as_new":
      return { decision: "resend", generation, unlinked: false };
    case "send_as_new_unlinked":
      return { decision: "resend", generation, unlinked: true };
    case "do_not_send":
      return { decision: "cancel", generation, unlinked: false };
  }
}

/** Messages that wait for a decision, oldest first. */
export class ReviewQueue {
  readonly read: Reading<ReviewAnswer> = new Reading(() =>
    this.#api.get("/api/review", { sdrId: this.sdrId }),
  );
  /** Whose; empty for everybody's. */
  sdrId = $state("");
  deciding = $state<string | null>(null);
  refused = $state.raw<{ messageId: string; problem: Problem } | null>(null);
  #decided = $state.raw<ReadonlySet<string>>(new Set());
  readonly #api: Api;

  messages = $derived<ReviewRow[]>(
    (this.read.data?.messages ?? []).filter((message) => !this.#decided.has(keyOf(message))),
  );

  constructor(api: Api) {
    this.#api = api;
  }

  /** Decides; false where the server refused. Harmless to repeat: a decision counts once. */
  async decide(message: ReviewRow, decision: Decision): Promise<boolean> {
    this.deciding = message.messageId;
    this.refused = null;
    const path = `/api/messages/${encodeURIComponent(message.messageId)}/decision`;
    const outcome = await this.#api.send("POST", path, requestOf(decision, message.generation));
    this.deciding = null;
    if (outcome.status === "error") {
      this.refused = { messageId: message.messageId, problem: outcome.error };
      return false;
    }
    this.#decided = new Set(this.#decided).add(keyOf(message));
    return true;
  }
}

function keyOf(message: ReviewRow): string {
  return `${message.messageId}/${message.generation}`;
}
