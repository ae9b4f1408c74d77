/** What the review shows: the messages as last heard, and how asking and deciding went. */
import type { Decision, OfficePort, Problem, ReviewView } from "../lib/office";

/** One SDR's messages that wait for a decision. */
export class Review {
  readonly #port: OfficePort;
  readonly #sdrId: string;
  /** Null until the first answer. */
  messages = $state.raw<ReviewView[] | null>(null);
  /** Why they could not be asked for. */
  problem = $state.raw<Problem | null>(null);
  /** Whose decision is under way. */
  deciding = $state<string | null>(null);
  /** A decision that was refused, and of which message. */
  refused = $state.raw<{ messageId: string; problem: Problem } | null>(null);
  #asked = 0;

  constructor(port: OfficePort, sdrId: string) {
    this.#port = port;
    this.#sdrId = sdrId;
  }

  /** Asks anew; an answer that was overtaken by a later question is dropped. */
  async load(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const outcome = await this.#port.review(this.#sdrId);
    if (asked !== this.#asked) return;
    if (outcome.status === "ok") this.messages = outcome.data;
    this.problem = outcome.status === "error" ? outcome.error : null;
  }

  /** Tells what a person decided; true once it counts. */
  async decide(message: ReviewView, decision: Decision): Promise<boolean> {
    if (this.deciding !== null) return false;
    const { messageId, generation } = message;
    this.deciding = messageId;
    this.refused = null;
    const outcome = await this.#port.decide(this.#sdrId, messageId, generation, decision);
    this.deciding = null;
    if (outcome.status === "error") {
      this.refused = { messageId, problem: outcome.error };
      return false;
    }
    // What is asked for from now on no longer has it.
    this.#asked += 1;
    this.messages = (this.messages ?? []).filter((one) => one.messageId !== messageId);
    return true;
  }
}
