import type { Outcome } from "./api";
import type { Problem } from "./wire";

/** Something that is read from the server, and read again whenever it may have changed. */
export class Reading<T> {
  data = $state.raw<T | null>(null);
  /** Why the last read failed; what was read before stays. */
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  readonly #ask: () => Promise<Outcome<T>>;
  #turn = 0;

  constructor(ask: () => Promise<Outcome<T>>) {
    this.#ask = ask;
  }

  /** Reads; of answers that overtake each other the last question's counts. */
  async load(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.busy = true;
    const outcome = await this.#ask();
    if (turn !== this.#turn) return;
    this.busy = false;
    if (outcome.status === "ok") {
      this.data = outcome.data;
      this.problem = null;
    } else {
      this.problem = outcome.error;
    }
  }

  /** Forgets what was read: another question is asked now. */
  reset(): void {
    this.#turn += 1;
    this.data = null;
    this.problem = null;
    this.busy = false;
  }
}
