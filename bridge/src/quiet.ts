import { pageNow } from "./builtins";

const MAX_MS = 0xffffffff;

/** How long nothing has been added to the page. */
export interface Quiet {
  /** Something was added now. */
  stir(): void;
  /** Milliseconds without an addition since the page was connected; 0 while it is not. */
  sinceMs(connected: boolean, now: number): number;
}

/** Quiet is counted from the first probe that finds the page connected. */
export function openQuiet(): Quiet {
  let from: number | null = null;
  return {
    stir() {
      if (from !== null) {
        from = pageNow();
      }
    },
    sinceMs(connected, now) {
      if (!connected) {
        from = null;
        return 0;
      }
      if (from === null) {
        from = now;
      }
      const ms = now - from;
      return ms > MAX_MS ? MAX_MS : ms - (ms % 1);
    },
  };
}
