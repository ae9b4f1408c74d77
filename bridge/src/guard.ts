import type { Bridge } from "./bridge";
import { encode } from "./encode";
import { problem } from "./problem";

/** The bridge's functions as installed: each takes the app's key after its own arguments. */
export interface GuardedBridge {
  submit(json: unknown, key?: unknown): string;
  drain(afterSeq: unknown, key?: unknown): string;
  probe(key?: unknown): string;
  adopt(key?: unknown): string;
}

/** Answers nobody who does not know the key; without a key, everybody. */
export function guard(bridge: Bridge, key: string | undefined): GuardedBridge {
  const knows = (given: unknown): boolean => key === undefined || given === key;
  return {
    submit: (json, given) => (knows(given) ? bridge.submit(json) : REFUSED),
    drain: (afterSeq, given) => (knows(given) ? bridge.drain(afterSeq) : REFUSED),
    probe: (given) => (knows(given) ? bridge.probe() : REFUSED),
    adopt: (given) => (knows(given) ? bridge.adopt() : REFUSED),
  };
}

const REFUSED = `{"ok":false,"problem":${encode(
  problem("forbidden", "Only the app may call its script in the page. Nothing was done."),
)}}`;
