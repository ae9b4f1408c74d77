import type { Api, Outcome } from "../api";
import { Paging } from "../paging.svelte";
import type {
  AssignAnswer,
  AssignRequest,
  AssignTo,
  LeadRow,
  LeadSort,
  LeadStatus,
  LeadsAnswer,
  LeadsFilter,
} from "../wire";

/** What is looked for; empty strings look for everything. */
export type LeadsQuestion = {
  search: string;
  sdrId: string;
  status: LeadStatus | "";
  sort: LeadSort;
  desc: boolean;
};

/** The question in an address. */
export function questionIn(query: URLSearchParams): LeadsQuestion {
  const sort = query.get("sort");
  return {
    search: query.get("search") ?? "",
    sdrId: query.get("sdr") ?? "",
    status: (query.get("status") ?? "") as LeadStatus | "",
    sort: isSort(sort) ? sort : "createdAt",
    desc: query.get("order") !== "up",
  };
}

function isSort(word: string | null): word is LeadSort {
  return ["name", "company", "createdAt", "lastMessageAt", "status"].includes(word ?? "");
}

/** The leads that are looked for, and those that are selected. */
export class LeadsList {
  readonly paging: Paging<LeadRow>;
  question = $state.raw<LeadsQuestion>(questionIn(new URLSearchParams()));
  selected = $state.raw<ReadonlySet<string>>(new Set());
  /** Everything that is looked for, also what is not loaded. */
  all = $state(false);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
    this.paging = new Paging(
      async (cursor, limit) => {
        const outcome = await api.get<LeadsAnswer>("/api/leads", {
          ...this.question,
          cursor,
          limit,
        });
        if (outcome.status === "error") return outcome;
        const { leads, next, total } = outcome.data;
        return { status: "ok", data: { rows: leads, next, total } };
      },
      (lead) => lead.id,
    );
  }

  /** How many are selected. */
  get count(): number {
    return this.all ? (this.paging.total ?? 0) : this.selected.size;
  }

  /** Looks for something else; a selection of what is no longer shown would be a trap. */
  async ask(question: LeadsQuestion): Promise<void> {
    this.question = question;
    this.clear();
    await this.paging.restart();
  }

  /** Sorts by a column, or turns its order round. */
  sorted(sort: LeadSort): LeadsQuestion {
    const first = sort === "createdAt" || sort === "lastMessageAt";
    const desc = this.question.sort === sort ? !this.question.desc : first;
    return { ...this.question, sort, desc };
  }

  isSelected(id: string): boolean {
    return this.all || this.selected.has(id);
  }

  /** Selects one, or not any more. */
  toggle(id: string): void {
    const next = new Set(this.all ? this.paging.rows.map((lead) => lead.id) : this.selected);
    this.all = false;
    if (!next.delete(id)) next.add(id);
    this.selected = next;
  }

  /** Selects what is loaded, or nothing. */
  toggleLoaded(): void {
    const loaded = this.paging.rows;
    const whole =
      this.all || (loaded.length > 0 && loaded.every(({ id }) => this.selected.has(id)));
    this.all = false;
    this.selected = new Set(whole ? [] : loaded.map(({ id }) => id));
  }

  /** Selects everything that is looked for. */
  selectAll(): void {
    this.all = true;
    this.selected = new Set();
  }

  clear(): void {
    this.all = false;
    this.selected = new Set();
  }

  /** The call that assigns what is selected; `expected` is what the person saw. */
  assignment(to: AssignTo): AssignRequest {
    if (!this.all) return { leadIds: [...this.selected], to };
    return { filter: this.filter, to, expected: this.count };
  }

  /** What is looked for, as the calls take it. */
  get filter(): LeadsFilter {
    const { search, sdrId, status } = this.question;
    return {
      ...(search !== "" && { search }),
      ...(sdrId !== "" && { sdrId }),
      ...(status !== "" && { status }),
    };
  }

  /** Assigns what is selected. */
  async assign(to: AssignTo): Promise<Outcome<AssignAnswer>> {
    return await this.#api.send<AssignAnswer>("POST", "/api/leads/assign", this.assignment(to));
  }
}
