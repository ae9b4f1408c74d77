/** What the server tells by itself: that something has changed, and nothing of it. */

import type { LiveKind } from "./wire";

/** What has changed, and whose it is. */
export type LiveEvent = { kind: LiveKind; sdrId: string };

/** As much of `EventSource` as is used. */
export type Source = {
  readonly readyState: number;
  onerror: ((event: Event) => void) | null;
  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
};

const KINDS: readonly LiveKind[] = ["sdr", "qr", "queue"];
const CLOSED = 2;
/** Whoever misses an event reads it again by then. */
export const REREAD_MS = 30_000;
const RETRY_MS = 5_000;

/** The one stream of events, and who listens. */
export class Live {
  /** `starting` until the first word of the server. */
  state = $state<"starting" | "connected" | "away">("starting");
  readonly #open: () => Source;
  readonly #listeners = new Set<(event: LiveEvent | null) => void>();
  #source: Source | null = null;
  #timers: ReturnType<typeof setInterval>[] = [];

  constructor(open: () => Source = () => new EventSource("/api/live")) {
    this.#open = open;
  }

  /** Follows the server; returns how to stop. */
  start(): () => void {
    this.#connect();
    this.#timers = [
      setInterval(() => this.#tell(null), REREAD_MS),
      // A browser gives up for good on an answer that is no stream.
      setInterval(() => {
        if (this.#source?.readyState === CLOSED) this.#connect();
      }, RETRY_MS),
    ];
    return () => this.#stop();
  }

  #stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#source?.close();
    this.#source = null;
    this.state = "starting";
  }

  #connect(): void {
    this.#source?.close();
    const source = this.#open();
    this.#source = source;
    source.addEventListener("hello", () => {
      const missed = this.state === "away";
      this.state = "connected";
      if (missed) this.#tell(null);
    });
    source.onerror = () => {
      if (this.#source === source) this.state = "away";
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        const sdrId = idIn(event.data);
        this.#tell(sdrId === null ? null : { kind, sdrId });
      });
    }
  }

  /** Calls back with each event, and with null when everything may have changed; returns how to stop. */
  on(listener: (event: LiveEvent | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: LiveEvent | null): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function idIn(data: string): string | null {
  try {
    const body: unknown = JSON.parse(data);
    const id = body !== null && typeof body === "object" && "id" in body ? body.id : null;
    return typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}

/** Calls back once for any number of calls in `ms`, at the first of them and again at the end. */
export function atMostEvery(ms: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  return function call(): void {
    if (timer !== null) {
      again = true;
      return;
    }
    act();
    timer = setTimeout(() => {
      timer = null;
      if (again) {
        again = false;
        call();
      }
    }, ms);
  };
}
