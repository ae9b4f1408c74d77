import type { Api } from "../api";
import { Reading } from "../reading.svelte";
import type { OfficeRules, Problem } from "../wire";
import { changesOf, type Draft, draftOf, type Faults, faultsOf, rebased, rulesOf } from "./draft";

const PATH = "/api/settings";

/** The office's rules as they are kept, and as somebody is changing them. */
export class Rules {
  readonly read: Reading<OfficeRules>;
  kept = $state.raw<Draft | null>(null);
  draft = $state.raw<Draft | null>(null);
  saving = $state(false);
  /** Why they were not saved. */
  problem = $state.raw<Problem | null>(null);
  /** When they were saved last, until something is edited again. */
  savedAtMs = $state<number | null>(null);
  /** Somebody tried to save what would be refused. */
  tried = $state(false);

  changes = $derived(this.kept && this.draft ? changesOf(this.kept, this.draft) : []);
  faults = $derived<Faults>(this.tried && this.draft ? faultsOf(this.draft) : {});
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    this.read = new Reading<OfficeRules>(() => api.get(PATH));
  }

  /** Reads what is kept; edits stay. */
  async load(): Promise<void> {
    if (this.saving) return;
    await this.read.load();
    if (this.read.data && !this.saving) this.#take(this.read.data, this.kept);
  }

  edit(change: Partial<Draft>): void {
    if (!this.draft) return;
    this.draft = { ...this.draft, ...change };
    this.savedAtMs = null;
  }

  discard(): void {
    this.draft = this.kept;
    this.problem = null;
    this.tried = false;
  }

  /** Sends all of it, as the call wants it; false where it was not saved. */
  async save(nowMs: () => number = Date.now): Promise<boolean> {
    const sent = this.draft;
    if (!sent || this.saving || this.changes.length === 0) return false;
    this.tried = true;
    this.problem = null;
    if (Object.keys(faultsOf(sent)).length > 0) return false;
    this.saving = true;
    const outcome = await this.#api.send<OfficeRules>("PUT", PATH, rulesOf(sent));
    this.saving = false;
    if (outcome.status === "error") {
      this.problem = outcome.error;
      return false;
    }
    // A read that was asked before has been overtaken.
    this.read.reset();
    this.read.data = outcome.data;
    this.#take(outcome.data, sent);
    this.tried = false;
    this.savedAtMs = nowMs();
    return true;
  }

  #take(rules: OfficeRules, was: Draft | null): void {
    const now = draftOf(rules);
    this.draft = this.draft && was ? rebased(was, this.draft, now) : now;
    this.kept = now;
  }
}
