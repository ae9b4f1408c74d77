/** What the window holds beside the snapshot: who is chosen, what lies over the page, what went wrong. */
import type {
  GuardView,
  OfficePort,
  OfficeView,
  Order,
  Outcome,
  PassphraseAsked,
  Problem,
  SdrView,
} from "../lib/office";
import { pageIsShowable, statusOf } from "../lib/status";
import type { Confirmed } from "../lib/words";

/** What lies over the page. While it is not `none` the page is taken off the screen. */
export type Overlay =
  | { kind: "none" }
  | { kind: "palette" }
  | { kind: "menu" }
  | { kind: "sign_in" }
  | { kind: "choose_pin" }
  | { kind: "strict" }
  | { kind: "review"; sdrId: string }
  | { kind: Confirmed; sdrId: string };

/** An order that was refused, and for whom. */
export type Notice = { sdrId: string; name: string; problem: Problem };

const WIDE = 1180;
const CHOSEN_KEY = "hotdesk.chosen";
const PANEL_KEY = "hotdesk.activity";

/** The window's state: the latest snapshot, and what the person does with it. */
export class Desk {
  readonly port: OfficePort;
  view = $state.raw<OfficeView | null>(null);
  /** What has to be typed before there is a snapshot. */
  asked = $state.raw<PassphraseAsked | null>(null);
  chosenId = $state<string | null>(localStorage.getItem(CHOSEN_KEY));
  overlay = $state.raw<Overlay>({ kind: "none" });
  notice = $state.raw<Notice | null>(null);
  failed = $state(false);
  announcement = $state("");
  draftEmail = $state("");
  underway = $state.raw<ReadonlyMap<string, Order>>(new Map());
  #wide = $state(innerWidth >= WIDE);
  #panelWhenWide = $state(localStorage.getItem(PANEL_KEY) !== "closed");
  #panelWhenNarrow = $state(false);

  sdrs = $derived(this.view?.sdrs ?? []);
  chosen = $derived<SdrView | null>(
    this.sdrs.find((sdr) => sdr.id === this.chosenId) ?? this.sdrs[0] ?? null,
  );
  /** The activity list: open by default where there is room for it beside a page. */
  panelOpen = $derived(this.#wide ? this.#panelWhenWide : this.#panelWhenNarrow);
  /** Whose page belongs on the screen when nothing lies over it. */
  pageOf = $derived(
    this.chosen && this.chosen.lock === "open" && pageIsShowable(this.chosen)
      ? this.chosen.id
      : null,
  );
  guard = $derived<GuardView>(this.view?.guard ?? { type: "nobody" });
  /** The SDR who has the window. */
  holder = $derived<SdrView | null>(this.sdrs.find((sdr) => sdr.lock === "open") ?? null);
  /** Whoever has the window has to show the PIN before another is chosen. */
  mustShowPin = $state(false);

  constructor(port: OfficePort) {
    this.port = port;
  }

  /** Reads the first snapshot and follows all further ones; returns how to stop. */
  start(): () => void {
    let live = true;
    const onresize = () => this.resized();
    addEventListener("resize", onresize);
    const stop = [
      () => removeEventListener("resize", onresize),
      this.port.onChanged((view) => this.take(view)),
      this.port.onSdrChosen((sdrId) => this.choose(sdrId)),
    ];
    this.port.passphraseAsked().then(
      (asked) => {
        if (live) this.asked = asked;
      },
      // The call for the snapshot says that nobody answers.
      () => undefined,
    );
    this.port.view().then(
      (view) => {
        if (live && this.view === null) this.take(view);
      },
      () => {
        this.failed = this.view === null;
      },
    );
    return () => {
      live = false;
      for (const end of stop) end();
    };
  }

  private resized(): void {
    const wide = innerWidth >= WIDE;
    if (wide !== this.#wide) this.#panelWhenNarrow = false;
    this.#wide = wide;
  }

  private take(view: OfficeView): void {
    const before = new Map(this.sdrs.map((sdr) => [sdr.id, statusOf(sdr).label]));
    const changes = view.sdrs
      .filter((sdr) => before.has(sdr.id) && before.get(sdr.id) !== statusOf(sdr).label)
      .map((sdr) => `${sdr.name}: ${statusOf(sdr).label}.`);
    if (changes.length > 0) this.announcement = changes.join(" ");
    const serverBefore = this.view?.server.problem ?? null;
    if (serverBefore && !view.server.problem) this.announcement = "Queue server reachable again.";
    const held = this.guard;
    this.view = view;
    this.failed = false;
    this.#handOver(held, view.guard);
  }

  /** Somebody else has the window now, or nobody: what lay over the page was not for them. */
  #handOver(before: GuardView, now: GuardView): void {
    const who = (guard: GuardView) => (guard.type === "sdr" ? guard.sdr : guard.type);
    if (who(before) === who(now)) return;
    this.notice = null;
    if (this.overlay.kind !== "sign_in") this.close();
    if (now.type === "nobody") this.announcement = "Locked.";
    if (now.type === "sdr" && !now.hasPin && this.overlay.kind === "none") this.openPin(false);
  }

  /** Shows the machine's passphrase, or the new one. The problem, if any, is for the screen. */
  async enterPassphrase(passphrase: string): Promise<Outcome<null>> {
    const outcome = await this.port.enterPassphrase(passphrase);
    if (outcome.status === "ok") this.asked = null;
    return outcome;
  }

  /** Takes page and texts off the screen at once; the sender does the same. */
  async lock(): Promise<void> {
    if (this.guard.type === "nobody") return;
    this.close();
    await this.port.lock();
  }

  /** Shows a PIN. The problem, if any, is for the lock screen. */
  async unlock(sdrId: string, pin: string): Promise<Outcome<null>> {
    return await this.port.unlock(sdrId, pin);
  }

  /** Opens the dialog in which a PIN is chosen; `shown` where the one before is to be shown. */
  openPin(shown: boolean): void {
    this.mustShowPin = shown;
    this.open({ kind: "choose_pin" });
  }

  /** Chooses a PIN. The problem, if any, is for the dialog. */
  async choosePin(current: string | null, pin: string): Promise<Outcome<null>> {
    const outcome = await this.port.choosePin(current, pin);
    if (outcome.status === "ok") {
      this.close();
      this.announcement = "PIN saved.";
    }
    return outcome;
  }

  /** Opens the dialog of strict mode; without a PIN to close with, the one that chooses it. */
  openStrict(): void {
    if (this.guard.type !== "sdr") return;
    if (this.guard.hasPin) this.open({ kind: "strict" });
    else this.openPin(false);
  }

  /** Turns strict mode on or off for whoever has the window. The problem, if any, is for the dialog. */
  async setStrict(pin: string, on: boolean): Promise<Outcome<null>> {
    const outcome = await this.port.setStrict(pin, on);
    if (outcome.status === "ok") {
      this.close();
      this.announcement = on ? "Sending stops while locked." : "Sending goes on while locked.";
    }
    return outcome;
  }

  /** Shows this SDR's page. */
  choose(sdrId: string): void {
    this.chosenId = sdrId;
    this.notice = null;
    localStorage.setItem(CHOSEN_KEY, sdrId);
  }

  /** What Ctrl and this key do. True when it was one of ours. */
  shortcut(key: string): boolean {
    if (this.view === null) return false;
    if (key === "k") {
      if (this.overlay.kind === "palette") this.close();
      else if (this.overlay.kind === "none" || this.overlay.kind === "menu") {
        this.open({ kind: "palette" });
      }
      return true;
    }
    if (key === "l") {
      void this.lock();
      return true;
    }
    if (!/^[1-9]$/.test(key)) return false;
    const sdr = this.sdrs[Number(key) - 1];
    if (sdr && (this.overlay.kind === "none" || this.overlay.kind === "menu")) {
      this.close();
      this.choose(sdr.id);
    }
    return true;
  }

  open(overlay: Overlay): void {
    this.overlay = overlay;
  }

  close(): void {
    this.overlay = { kind: "none" };
  }

  /** Opens the sign-in dialog, filled with the e-mail of the SDR who signs in again. */
  openSignIn(email?: string): void {
    if (email !== undefined) this.draftEmail = email;
    this.open({ kind: "sign_in" });
  }

  /** Shows what waits for a decision of this SDR, with their page behind it. */
  openReview(sdrId: string): void {
    this.choose(sdrId);
    if (this.chosen?.lock === "open") this.open({ kind: "review", sdrId });
  }

  togglePanel(): void {
    if (!this.#wide) {
      this.#panelWhenNarrow = !this.#panelWhenNarrow;
      return;
    }
    this.#panelWhenWide = !this.#panelWhenWide;
    localStorage.setItem(PANEL_KEY, this.#panelWhenWide ? "open" : "closed");
  }

  /** Carries out an order; a refusal becomes the notice over the page. */
  async order(sdrId: string, order: Order): Promise<void> {
    if (this.underway.has(sdrId)) return;
    this.underway = new Map(this.underway).set(sdrId, order);
    this.notice = null;
    const name = this.sdrs.find((sdr) => sdr.id === sdrId)?.name ?? sdrId;
    const outcome = await this.port.order(sdrId, order);
    if (outcome.status === "error") this.notice = { sdrId, name, problem: outcome.error };
    this.underway = new Map([...this.underway].filter(([id]) => id !== sdrId));
  }

  /** Signs an SDR in and shows them. The problem, if any, is for the dialog. */
  async signIn(email: string, password: string): Promise<Outcome<string | null>> {
    const outcome = await this.port.signIn(email, password);
    if (outcome.status === "ok") {
      this.draftEmail = "";
      this.close();
      if (outcome.data !== null) this.choose(outcome.data);
      if (this.guard.type === "sdr" && this.guard.sdr === outcome.data && !this.guard.hasPin) {
        this.openPin(false);
      }
    }
    return outcome;
  }
}
