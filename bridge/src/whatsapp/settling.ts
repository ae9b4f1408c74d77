import { pageNow } from "../builtins";
import { isShown } from "./page-elements";
import { read, readText } from "./read";
import type { Registry } from "./registry";

/** A registry that has not grown for this long is complete. */
export const SETTLED_AFTER_MS = 750;

/** How far the page has come with registering its modules. */
export interface Settling {
  /** Modules may be required: the page has begun to use them itself, or all are there. */
  usable(): boolean;
  /** Nothing more is being registered: what is absent now is missing. */
  settled(): boolean;
  /** Looks at the page; called at each probe. */
  look(): void;
}

/** Compares the registry between looks; starts no timer. */
export function watchSettling(registry: Registry): Settling {
  let count = 0;
  let since = pageNow();
  let settled = false;
  let usable = false;
  return {
    usable: () => usable,
    settled: () => settled,
    look() {
      if (!settled) {
        const now = pageNow();
        const found = registry.count();
        // A page that shows itself without a registry has hidden it: that, too, is complete.
        const begun = found > 0 || isStarted();
        if (found !== count || !begun) {
          count = found;
          since = now;
        }
        settled = begun && now - since >= SETTLED_AFTER_MS;
      }
      usable = usable || settled || isStarted();
    },
  };
}

/** The page shows that its own modules run. */
function isStarted(): boolean {
  return (
    readText(read(globalThis, "Debug"), "VERSION") !== undefined ||
    isShown("qr") ||
    isShown("loggedIn")
  );
}
