import type { Outcome } from "./api";
import { atMostEvery, type Live } from "./live.svelte";
import type { Problem } from "./wire";

/** One page of a list, as every paged call answers it. */
export type Page<Row> = { rows: Row[]; next: string | null; total: number | null };

/** Rows a call gives at most. */
export const MOST_ROWS = 200;
const PAGE_ROWS = 100;

/** A list that grows page by page, by the server's cursor. */
export class Paging<Row> {
  rows = $state.raw<Row[]>([]);
  total = $state<number | null>(null);
  next = $state<string | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The first page was read. */
  ready = $state(false);
  busy = $state(false);
  growing = $state(false);
  /** Something has changed since, and the list is too long to be read again by itself. */
  stale = $state(false);
  readonly #ask: (cursor: string | null, limit: number) => Promise<Outcome<Page<Row>>>;
  readonly #key: (row: Row) => string;
  readonly #most: number;
  #turn = 0;

  /** `most`: rows that this call gives at most. */
  constructor(
    ask: (cursor: string | null, limit: number) => Promise<Outcome<Page<Row>>>,
    key: (row: Row) => string,
    most = MOST_ROWS,
  ) {
    this.#ask = ask;
    this.#key = key;
    this.#most = most;
  }

  /** Reads the list from its beginning; rows of the question before go only when the answer is there. */
  async load(): Promise<void> {
    await this.#first(Math.min(this.#most, Math.max(PAGE_ROWS, this.rows.length)));
  }

  /** Another question: from the beginning, a page long. */
  async restart(): Promise<void> {
    await this.#first(Math.min(this.#most, PAGE_ROWS));
  }

  /** Something has changed at the server. What fits one answer is read again, the rest is marked. */
  async refresh(): Promise<void> {
    if (this.rows.length > this.#most) this.stale = true;
    else await this.load();
  }

  async #first(limit: number): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.busy = true;
    const outcome = await this.#ask(null, limit);
    if (turn !== this.#turn) return;
    this.busy = false;
    this.growing = false;
    if (outcome.status === "error") {
      this.problem = outcome.error;
      return;
    }
    this.rows = outcome.data.rows;
    this.#take(outcome.data);
    this.ready = true;
    this.stale = false;
  }

  /** Reads the page behind the last one, unless that is under way or there is none. */
  async grow(): Promise<void> {
    if (this.next === null || this.growing || this.busy) return;
    const turn = this.#turn;
    this.growing = true;
    const outcome = await this.#ask(this.next, Math.min(this.#most, PAGE_ROWS));
    if (turn !== this.#turn) return;
    this.growing = false;
    if (outcome.status === "error") {
      this.problem = outcome.error;
      return;
    }
    // A row that moved meanwhile may come a second time.
    const known = new Set(this.rows.map(this.#key));
    this.rows = [...this.rows, ...outcome.data.rows.filter((row) => !known.has(this.#key(row)))];
    this.#take(outcome.data);
  }

  #take(page: Page<Row>): void {
    this.next = page.next;
    this.total = page.total;
    this.problem = null;
  }
}

/** Reads a list again when the queue has changed, at most so often; answers what ends that. */
export function keepFresh<Row>(live: Live, paging: Paging<Row>, everyMs: number): () => void {
  const again = atMostEvery(everyMs, () => void paging.refresh());
  return live.on((event) => event?.kind !== "qr" && event?.kind !== "sdr" && again());
}
