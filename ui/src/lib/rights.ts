/** What whoever has the window may do with an SDR's session. The sender refuses the rest anyway. */
import type { GuardView, SdrView } from "./office";
import { type Actions, actionsOf } from "./status";

export type Rights = Actions & {
  /** See the page, the texts and what waits for a decision. */
  open: boolean;
  remove: boolean;
};

/** The buttons that make sense and are allowed: everything to the SDR, pausing to anybody. */
export function rightsOf(guard: GuardView, sdr: SdrView): Rights {
  const can = actionsOf(sdr);
  if (sdr.lock === "open") return { ...can, open: true, remove: true };
  const manager = guard.type === "manager";
  return {
    connect: false,
    disconnect: false,
    pause: can.pause,
    resume: can.resume && manager,
    refreshQr: false,
    reload: false,
    unlink: false,
    open: false,
    remove: manager,
  };
}
