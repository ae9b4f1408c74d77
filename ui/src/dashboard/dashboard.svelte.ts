import { Api, type Outcome } from "./api";
import { Live } from "./live.svelte";
import { Reading } from "./reading.svelte";
import { PAGES, type PageName, Router } from "./router.svelte";
import type { DashboardSession, Problem, SdrRow, SdrsAnswer } from "./wire";

/** Pages of which the server refuses an SDR everything. */
const MANAGED: readonly PageName[] = ["campaigns", "templates", "settings"];

/** Who is at the dashboard, which page is open, and what every page needs. */
export class Dashboard {
  readonly api: Api;
  readonly live: Live;
  readonly router = new Router();
  readonly sdrsRead: Reading<SdrsAnswer> = new Reading(() => this.api.get("/api/sdrs"));
  /** Who has signed in; null while nobody has. */
  session = $state.raw<DashboardSession | null>(null);
  /** Whether somebody is signed in is being asked. */
  asking = $state(true);
  /** Why that could not be answered. */
  problem = $state.raw<Problem | null>(null);
  /** The session ended under somebody's hands. */
  ended = $state(false);
  /** When something was last read from the server. */
  readAtMs = $state(Date.now());
  announcement = $state("");
  helpOpen = $state(false);
  /** Leads that somebody selected to write to, until a campaign is made or given up. */
  picked = $state.raw<readonly string[]>([]);

  sdrs = $derived<SdrRow[]>(this.sdrsRead.data?.sdrs ?? []);
  /** May see everybody, and change what is not a message of their own. */
  manages = $derived(this.session !== null && this.session.person.role !== "sdr");
  /** May change by which rules the office sends. */
  administers = $derived(this.session?.person.role === "admin");
  /** What stands in the sidebar. */
  pages = $derived<PageName[]>(PAGES.filter((page) => this.#mayOpen(page)));
  /** What is shown: an address of what is not theirs shows the SDRs. */
  page = $derived<PageName>(
    this.pages.includes(this.router.route.page) ? this.router.route.page : "sdrs",
  );

  constructor(api = new Api(), live = new Live()) {
    this.api = api;
    this.live = live;
    api.onRead = (atMs) => {
      this.readAtMs = atMs;
    };
    api.onSignedOut = () => this.#end(true);
  }

  #mayOpen(page: PageName): boolean {
    if (page === "webhooks") return this.administers;
    return !MANAGED.includes(page) || this.manages;
  }

  /** The SDR of this id, as far as the caller may see them. */
  sdr(id: string | null | undefined): SdrRow | null {
    return this.sdrs.find((sdr) => sdr.id === id) ?? null;
  }

  /** How somebody is called: an SDR, or whoever has signed in; else their id. */
  nameOf(id: string | null | undefined): string {
    const me = this.session?.person;
    return this.sdr(id)?.name ?? (me?.id === id ? me?.name : id) ?? "";
  }

  /** Asks whether this browser is signed in. */
  async ask(): Promise<void> {
    this.asking = true;
    this.problem = null;
    const outcome = await this.api.get<DashboardSession>("/api/session");
    this.asking = false;
    if (outcome.status === "ok") this.#enter(outcome.data);
    else if (outcome.error.code !== "unauthorized") this.problem = outcome.error;
  }

  /** Signs in. The problem, if any, is for the form. */
  async signIn(email: string, password: string): Promise<Problem | null> {
    const outcome = await this.api.send<DashboardSession>("POST", "/api/session", {
      email,
      password,
    });
    if (outcome.status === "error") return outcome.error;
    this.#enter(outcome.data);
    return null;
  }

  /** Signs out; what the server does not hear of ends by itself. */
  async signOut(): Promise<Outcome<null>> {
    const outcome = await this.api.send("DELETE", "/api/session");
    if (outcome.status === "ok") this.#end(false);
    return outcome;
  }

  #enter(session: DashboardSession): void {
    this.api.csrfToken = session.csrfToken;
    if (this.session?.person.id !== session.person.id) this.#forget();
    this.session = session;
    this.ended = false;
  }

  /** What was being typed stays behind the sign-in, unless the person meant to go. */
  #end(byItself: boolean): void {
    this.api.csrfToken = null;
    this.ended = byItself;
    this.helpOpen = false;
    if (byItself) return;
    this.session = null;
    this.#forget();
  }

  #forget(): void {
    this.sdrsRead.reset();
    this.picked = [];
  }
}
