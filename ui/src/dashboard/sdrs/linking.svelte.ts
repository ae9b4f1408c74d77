import type { Api } from "../api";
import type { LinkMethod, LinkRequest, Problem, QrRequest, SdrRow } from "../wire";
import { isLinked } from "./status";

/** How far linking is; `slow` is a wait that is longer than a desktop needs. */
export type LinkStep = "start" | "waiting" | "slow" | "code" | "linked";

/** A code that WhatsApp gives, and until when it is good. */
export type ShownCode = { method: LinkMethod; value: string; untilMs: number; lifeMs: number };

/** A page that is opened first, and WhatsApp's answer: seldom more. */
const SLOW_MS = 45_000;

/** `ABCD1234` as people read it. */
export function pairingCode(value: string): string {
  const plain = value.replace("-", "").toUpperCase();
  return `${plain.slice(0, 4)} ${plain.slice(4)}`;
}

/** Links one SDR's phone from the browser: asks the desktop, then shows what its page shows. */
export class Linking {
  /** How the phone is to be linked. */
  method = $state<LinkMethod>("qr");
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  #read = $state.raw<ShownCode | null>(null);
  /** Since when each way is asked for. */
  #asked = $state.raw<Partial<Record<LinkMethod, number>>>({});
  /** A code that was there before a QR code was asked for. */
  #old: string | null = null;
  readonly #api: Api;
  readonly #sdrId: string;

  constructor(api: Api, sdrId: string) {
    this.#api = api;
    this.#sdrId = sdrId;
  }

  /** The code of the chosen way, if it is there. */
  get code(): ShownCode | null {
    return this.#read?.method === this.method ? this.#read : null;
  }

  /** The desktop was asked for a code of the chosen way. */
  get asked(): boolean {
    return this.#asked[this.method] !== undefined;
  }

  /** Where it stands, beside what the SDR's row says. */
  step(sdr: SdrRow, nowMs: number): LinkStep {
    const since = this.#asked[this.method];
    if (since !== undefined && isLinked(sdr)) return "linked";
    if (this.code !== null) return "code";
    if (since === undefined) return "start";
    return nowMs - since >= SLOW_MS ? "slow" : "waiting";
  }

  /** Chooses the way. A QR code is asked for at once, a pairing code once its number is known. */
  async choose(method: LinkMethod): Promise<void> {
    if (method === this.method) return;
    this.method = method;
    this.problem = null;
    if (method === "qr") await this.ask();
  }

  /** Asks the SDR's desktop to open WhatsApp for linking; a pairing code is for a phone's number. */
  async ask(phone?: string, nowMs: number = Date.now()): Promise<void> {
    const method = this.method;
    this.busy = true;
    this.problem = null;
    const request: LinkRequest = method === "code" ? { method, phone: phone ?? "" } : { method };
    const path = `/api/sdrs/${encodeURIComponent(this.#sdrId)}/whatsapp/connect`;
    const outcome = await this.#api.send("POST", path, request);
    this.busy = false;
    if (outcome.status === "error") {
      this.problem = outcome.error;
      return;
    }
    this.#old = this.#read?.value ?? null;
    if (method === "code") this.#read = null;
    this.#asked = { [method]: nowMs };
    await this.read(nowMs);
  }

  /** Reads the code that is shown now. That there is none is no problem: the desktop sends the next one. */
  async read(nowMs: number = Date.now()): Promise<void> {
    if (!this.asked) return;
    const path = "/api/sdr/whatsapp/qr";
    const outcome = await this.#api.get<QrRequest>(path, { sdrId: this.#sdrId });
    if (outcome.status === "ok") {
      const { method = "qr", value, expiresInMs } = outcome.data;
      const lifeMs =
        this.#read?.value === value ? Math.max(this.#read.lifeMs, expiresInMs) : expiresInMs;
      this.#read = { method, value, untilMs: nowMs + expiresInMs, lifeMs };
      if (method === "code" && value !== this.#old) {
        // Somebody at the desktop has asked the page for it.
        this.method = "code";
        this.#asked = { code: nowMs, ...this.#asked };
      }
    } else if (outcome.error.code === "not_found") {
      this.#read = null;
    }
  }
}
