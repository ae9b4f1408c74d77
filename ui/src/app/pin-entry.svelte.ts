/** A PIN that is being typed, and what came of it. */
import type { Outcome, Problem } from "../lib/office";
import { LOCK } from "../lib/words";

const LEAST_DIGITS = 6;

/** What a form with one PIN holds. It shows the PIN at most once at a time, and clears it each time. */
export class PinEntry {
  value = $state("");
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Shows the PIN; one that is too short is refused before. */
  async submit(event: SubmitEvent, show: (pin: string) => Promise<Outcome<null>>): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    if (this.value.length < LEAST_DIGITS) {
      this.problem = { code: "bad_request", message: LOCK.tooShort };
      return;
    }
    this.busy = true;
    this.problem = null;
    const outcome = await show(this.value);
    this.busy = false;
    this.value = "";
    if (outcome.status === "error") this.problem = outcome.error;
  }
}
