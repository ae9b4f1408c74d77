import type { SdrView } from "../lib/office";
import { problemWords, type Remedy } from "../lib/words";
import type { Desk } from "./desk.svelte";

/** The button that helps this SDR now: signing in, what the problem asks for, or the next step of linking. */
export function remedyOf(sdr: SdrView): Remedy {
  if (sdr.signedOut) return { label: "Sign in again", does: "sign_in" };
  if (sdr.state === "closed" || sdr.state === "logged_out") {
    return { label: "Connect", does: "connect" };
  }
  if (sdr.state === "hibernated") return { label: "Wake up", does: "connect" };
  const own = sdr.problem ? problemWords(sdr.problem.code).remedy : null;
  if (sdr.state !== "stopped") return own?.does === "sign_in" ? own : null;
  return own ?? { label: "Try again", does: "resume" };
}

/** Does what the button says; unlinking asks first. */
export function useRemedy(desk: Desk, sdr: SdrView, does: NonNullable<Remedy>["does"]): void {
  if (does === "sign_in") desk.openSignIn(sdr.email);
  else if (does === "unlink" || does === "remove") desk.open({ kind: does, sdrId: sdr.id });
  else void desk.order(sdr.id, does);
}
