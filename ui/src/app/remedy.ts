import type { SdrView } from "../lib/office";
import { problemWords, type Remedy, stateRemedy } from "../lib/words";
import type { Desk } from "./desk.svelte";

/** The button that helps this SDR now: signing in, what the problem asks for, or the next step of linking. */
export function remedyOf(sdr: SdrView): Remedy {
  if (sdr.signedOut) return { label: "Sign in again", does: "sign_in" };
  const own = sdr.problem ? problemWords(sdr.problem.code).remedy : null;
  const byState = stateRemedy(sdr.state, sdr.pageOpen);
  const ownCounts =
    sdr.state === "stopped" || own?.does === "sign_in" || sdr.problem?.code === "page_slow";
  return ownCounts ? (own ?? byState) : byState;
}

/** Does what the button says; unlinking asks first. */
export function useRemedy(desk: Desk, sdr: SdrView, does: NonNullable<Remedy>["does"]): void {
  if (does === "sign_in") desk.openSignIn(sdr.email);
  else if (does === "unlink" || does === "remove") desk.open({ kind: does, sdrId: sdr.id });
  else void desk.order(sdr.id, does);
}
