import { count } from "../../lib/format";
import type { Api, Outcome } from "../api";
import { Reading } from "../reading.svelte";
import type {
  Campaign,
  CampaignPreview,
  CampaignPreviewRequest,
  CampaignRequest,
  LeadStatus,
  LeadsAnswer,
  Problem,
  Recipients,
  Senders,
  Template,
} from "../wire";
import { firstWall, momentOf, type Wall, whenFault } from "./when";

/** Leads that one campaign has at most. */
export const MOST_LEADS = 20_000;
const MANY_LEADS = 2_000;
/** Texts that are shown of a campaign. */
const SHOWN = 20;

/** Which leads are looked for; empty strings look for all. */
export type Filter = { search: string; sdrId: string; status: LeadStatus | "" };

/** What the address says of whom to write to: one lead, those that were selected, or a filter. */
export function aimOf(
  query: URLSearchParams,
  picked: readonly string[],
): { leadIds: readonly string[]; filter: Filter } {
  const lead = query.get("lead");
  const named = ["search", "sdr", "status"].some((key) => query.has(key));
  return {
    leadIds: lead ? [lead] : named ? [] : picked,
    filter: {
      search: query.get("search") ?? "",
      sdrId: query.get("sdr") ?? "",
      // Whoever says nothing more means those who never heard of the office.
      status: (query.get("status") ?? (named ? "" : "new")) as LeadStatus | "",
    },
  };
}

/** An id for what is made, also where a page may not ask for one (http in an office’s network). */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A campaign that is being written: nothing is queued before `create`. */
export class Writing {
  text = $state("");
  name = $state("");
  /** Named one by one; empty where the filter says who. */
  leadIds = $state.raw<readonly string[]>([]);
  filter = $state.raw<Filter>({ search: "", sdrId: "", status: "" });
  turn = $state(false);
  /** SDRs who do not take a turn. */
  without = $state.raw<readonly string[]>([]);
  later = $state(false);
  wall = $state.raw<Wall>({ date: "", time: "" });
  /** The text as a template had it: nobody has typed it. */
  begun = $state.raw<{ name: string; text: string }>({ name: "", text: "" });
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  readonly preview: Reading<CampaignPreview>;
  /** How many leads match, before there is a text to preview. */
  readonly matching: Reading<LeadsAnswer>;
  /** What the preview was asked about last. */
  asked = $state("");
  readonly #api: Api;
  readonly #sdrIds: () => readonly string[];
  #id = newId();

  /** SDRs who take a turn. */
  among = $derived.by(() => this.#sdrIds().filter((id) => !this.without.includes(id)));

  to = $derived<Recipients>(
    this.leadIds.length > 0 ? { leadIds: [...this.leadIds] } : { filter: filterOf(this.filter) },
  );
  sdrs = $derived<Senders>(this.turn ? [...this.among] : "owners");
  question = $derived<CampaignPreviewRequest>({
    text: this.text,
    to: this.to,
    sdrs: this.sdrs,
    limit: SHOWN,
  });
  key = $derived(JSON.stringify(this.question));
  /** Something would be lost. */
  dirty = $derived(
    (this.text.trim() !== "" && this.text !== this.begun.text) || this.name.trim() !== "",
  );
  single = $derived(this.leadIds.length === 1);
  constructor(api: Api, aim: ReturnType<typeof aimOf>, sdrIds: () => readonly string[]) {
    this.#api = api;
    this.#sdrIds = sdrIds;
    this.leadIds = aim.leadIds;
    this.filter = aim.filter;
    this.preview = new Reading(() => this.#ask());
    this.matching = new Reading<LeadsAnswer>(() =>
      api.get("/api/leads", { ...this.filter, limit: 1 }),
    );
  }

  async #ask(): Promise<Outcome<CampaignPreview>> {
    const outcome = await this.#api.send<CampaignPreview>(
      "POST",
      "/api/campaigns/preview",
      this.question,
    );
    if (outcome.status === "ok" || outcome.error.code !== "unreachable") return outcome;
    const message = "The server did not answer. Your text is still here, and nothing was queued.";
    return { status: "error", error: { code: "unreachable", message } };
  }

  /** What is shown is of what stands in the form now. */
  get fresh(): boolean {
    const { busy, data, problem } = this.preview;
    return this.asked === this.key && !busy && data !== null && !problem;
  }

  /** More than one campaign may have. */
  get tooMany(): boolean {
    return this.#total > MOST_LEADS;
  }

  get #total(): number {
    return this.leadIds.length || (this.matching.data?.total ?? 0);
  }

  /** How long a pause in typing is waited for: many leads are work for the server. */
  get pauseMs(): number {
    return (this.preview.data?.total ?? 0) > MANY_LEADS ? 1_000 : 350;
  }

  /** Asks what each lead would get, unless there is nothing to ask about yet. */
  async look(): Promise<void> {
    if (this.text.trim() === "" || (this.turn && this.among.length === 0) || this.tooMany) {
      this.asked = "";
      this.preview.reset();
      return;
    }
    this.asked = this.key;
    await this.preview.load();
  }

  /** An SDR takes a turn, or none any more. */
  toggle(id: string): void {
    this.without = this.without.includes(id)
      ? this.without.filter((one) => one !== id)
      : [...this.without, id];
  }

  /** Begins with a template. */
  begin(template: Template): void {
    this.begun = { name: template.name, text: template.text };
    this.text = template.text;
  }

  /** What it is called if nobody says otherwise. */
  suggested(lead: string | null, day: string): string {
    if (this.single) return `To ${lead ?? "one lead"}, ${day}`;
    return this.begun.name === "" ? `Campaign of ${day}` : `${this.begun.name}, ${day}`;
  }

  /** What still keeps it from being made; null where nothing does. */
  lack(zone: string, nowMs: number): string | null {
    const { data, problem } = this.preview;
    if (this.tooMany) {
      return `${count(this.#total, "lead")} are too many at once: narrow them down to ${MOST_LEADS.toLocaleString("en")}.`;
    }
    if (this.text.trim() === "") return "Write the text.";
    if (this.turn && this.among.length === 0) return "Choose at least one SDR.";
    if (problem) return "Nobody knows yet who would get it.";
    if (!this.fresh) return "Looking who would get it…";
    if (data && data.problems.length > 0) return "Put the text right first.";
    if (data?.willGet === 0) return "Nobody would get it.";
    return this.later ? whenFault(zone, this.wall, nowMs) : null;
  }

  /** Chooses when it begins. */
  postpone(later: boolean, zone: string, nowMs: number): void {
    this.later = later;
    if (later && this.wall.date === "") this.wall = firstWall(zone, nowMs);
  }

  /** Makes it. Repeated as it stands it is made once; changed, it is another. */
  async create(name: string, zone: string): Promise<Campaign | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    const body: CampaignRequest = {
      campaignId: this.#id,
      name,
      text: this.text,
      to: this.to,
      sdrs: this.sdrs,
      startsAtMs: this.later ? momentOf(zone, this.wall) : null,
      expected: this.preview.data?.total ?? null,
    };
    const outcome = await this.#api.send<Campaign>("POST", "/api/campaigns", body);
    this.busy = false;
    if (outcome.status === "ok") {
      this.begun = { ...this.begun, text: this.text };
      this.name = "";
      return outcome.data;
    }
    this.problem = outcome.error;
    // Whether one was made is not known then; under the same id it is not made twice.
    if (outcome.error.code !== "unreachable") this.#id = newId();
    return null;
  }
}

function filterOf({ search, sdrId, status }: Filter) {
  return {
    ...(search.trim() !== "" && { search: search.trim() }),
    ...(sdrId !== "" && { sdrId }),
    ...(status !== "" && { status }),
  };
}
