import type { Api } from "../api";
import type { LinkCode, LinkRequest, Problem, SdrRow } from "../wire";
import { isLinked } from "./status";

/** How far linking is. */
export type LinkStep = "start" | "waiting" | "code" | "linked";

/** A code that WhatsApp gives, and until when it is good. */
export type ShownCode = { value: string; untilMs: number; lifeMs: number };

/** Eight letters and digits are typed into the phone; everything else is scanned. */
export function isPairingCode(value: string): boolean {
  return /^[A-Z0-9]{4}-?[A-Z0-9]{4}$/i.test(value);
}

/** `ABCD1234` as people read it. */
export function pairingCode(value: string): string {
  const plain = value.replace("-", "").toUpperCase();
  return `${plain.slice(0, 4)} ${plain.slice(4)}`;
}

/** Links one SDR's phone from the browser: asks the desktop, then shows what its page shows. */
export class Linking {
  code = $state.raw<ShownCode | null>(null);
  problem = $state.raw<Problem | null>(null);
  asked = $state(false);
  busy = $state(false);
  readonly #api: Api;
  readonly #sdrId: string;

  constructor(api: Api, sdrId: string) {
    this.#api = api;
    this.#sdrId = sdrId;
  }

  /** Where it stands, beside what the SDR's row says. */
  step(sdr: SdrRow): LinkStep {
    if (this.asked && isLinked(sdr)) return "linked";
    if (this.code !== null) return "code";
    return this.asked ? "waiting" : "start";
  }

  /**
   * Asks the SDR's desktop to open WhatsApp for linking. A pairing code is asked for on the page that it
   * opens: no desktop can do that from here.
   */
  async ask(): Promise<void> {
    this.busy = true;
    this.problem = null;
    const request: LinkRequest = { method: "qr" };
    const path = `/api/sdrs/${encodeURIComponent(this.#sdrId)}/whatsapp/connect`;
    const outcome = await this.#api.send("POST", path, request);
    this.busy = false;
    if (outcome.status === "error") {
      this.problem = outcome.error;
      return;
    }
    this.asked = true;
    await this.read();
  }

  /** Reads the code that is shown now. That there is none is no problem: the desktop sends the next one. */
  async read(nowMs: number = Date.now()): Promise<void> {
    if (!this.asked) return;
    const outcome = await this.#api.get<LinkCode>("/api/sdr/whatsapp/qr", { sdrId: this.#sdrId });
    if (outcome.status === "ok") {
      const { value, expiresInMs } = outcome.data;
      const lifeMs =
        this.code?.value === value ? Math.max(this.code.lifeMs, expiresInMs) : expiresInMs;
      this.code = { value, untilMs: nowMs + expiresInMs, lifeMs };
    } else if (outcome.error.code === "not_found") {
      this.code = null;
    }
  }
}
