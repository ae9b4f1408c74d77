/** What the keyboard does on every page. */
import type { PageName } from "./router.svelte";

export type KeyAct = { does: "go"; page: PageName } | { does: "search" } | { does: "help" };

const GO: Record<string, PageName> = {
  s: "sdrs",
  r: "review",
  m: "messages",
  c: "campaigns",
  e: "templates",
  l: "leads",
  d: "do-not-contact",
  f: "figures",
  a: "audit",
  w: "webhooks",
  t: "settings",
  p: "reference",
};
/** How long the second key of two may take. */
export const PAIR_MS = 1_500;

/** The keys that open a page, as they are shown. */
export function keysOf(page: PageName): string {
  const key = Object.entries(GO).find(([, name]) => name === page)?.[0];
  return key ? `g ${key}` : "";
}

/** Reads keys one by one; `g` waits for the one behind it. */
export class Keys {
  #goAtMs: number | null = null;

  /** What this key does; null where it is none of ours. */
  press(key: string, nowMs: number): KeyAct | null {
    const waited = this.#goAtMs !== null && nowMs - this.#goAtMs <= PAIR_MS;
    this.#goAtMs = null;
    if (waited) {
      const page = GO[key];
      return page ? { does: "go", page } : null;
    }
    if (key === "g") this.#goAtMs = nowMs;
    if (key === "/") return { does: "search" };
    if (key === "?") return { does: "help" };
    return null;
  }
}

/** Whoever types in a field does not mean us. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}
