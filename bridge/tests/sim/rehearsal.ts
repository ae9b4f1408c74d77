import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { BridgeEvent, Drain, Probe, Submitted } from "../../src/generated/protocol";
import { ChromiumPage } from "./chromium";
import type { EnginePage } from "./engine";
import { WebkitPage } from "./webkit";

const BINARY = fileURLToPath(new URL("../../../target/debug/whatsapp-sim", import.meta.url));
/** Which engine's pages the tests run in: Chromium's, or the app's own by WebKit. */
export const ENGINE = process.env.BRIDGE_ENGINE === "webkit" ? "webkit" : "chromium";

/** One row of what really left. */
export interface Left {
  readonly account: string;
  readonly waMessageId: string;
  readonly to: string;
  readonly textHash: string;
  readonly kind: "text" | "image" | "document";
  /** Of a file. */
  readonly fileName?: string;
  readonly mimeType?: string;
  readonly size?: number;
  readonly sha256?: string;
}

/** A rehearsal WhatsApp of its own, on a free port. */
export class Rehearsal {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
    private readonly folder: string,
  ) {}

  static async start(args: readonly string[] = []): Promise<Rehearsal> {
    const folder = await mkdtemp(join(tmpdir(), "hotdesk-bridge-"));
    const child = spawn(BINARY, ["--listen", "127.0.0.1:0", "--data", folder, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`whatsapp-sim ended with ${code}`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const found = /listening on (http:\S+)/.exec(line)?.[1];
        if (found !== undefined) {
          resolve(found);
        }
      });
    });
    return new Rehearsal(child, url, folder);
  }

  async post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.url}/control/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) {
      throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }
    return answer.json();
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(`${this.url}/control/${path}`)).json();
  }

  async left(): Promise<Left[]> {
    const answer = await fetch(`${this.url}/control/history`);
    return ((await answer.json()) as { messages: Left[] }).messages;
  }

  async state(): Promise<{ cspViolations: number; violations: unknown[] }> {
    const answer = await fetch(`${this.url}/control/state`);
    return (await answer.json()) as { cspViolations: number; violations: unknown[] };
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A profile of a real engine with the bridge in its page, driven as the app drives it. */
export class Profile {
  private after = 0;
  private generation = "";
  readonly events: BridgeEvent[] = [];

  private constructor(readonly page: EnginePage) {}

  static async open(rehearsal: Rehearsal, withBridge = true): Promise<Profile> {
    const engine = ENGINE === "webkit" ? WebkitPage : ChromiumPage;
    return new Profile(await engine.open(rehearsal.url, withBridge));
  }

  close(): Promise<void> {
    return this.page.close();
  }

  evaluate(expression: string): Promise<string | null> {
    return this.page.evaluate(expression);
  }

  /** Drains once, and tells how large the answer was. */
  async drainOnce(): Promise<{ bytes: number; reports: number; more: boolean }> {
    const drain = await this.page.drain(this.after);
    this.take(drain);
    const bytes = Buffer.byteLength(JSON.stringify(drain));
    return { bytes, reports: drain.reports.length, more: drain.more };
  }

  async probe(): Promise<Probe> {
    const probe = await this.page.probe();
    this.meet(probe.generation);
    return probe;
  }

  /** Probes until the page stands like that. */
  async until(wanted: Partial<Probe>): Promise<Probe> {
    return vi.waitFor(
      async () => {
        const probe = await this.probe();
        for (const [key, value] of Object.entries(wanted)) {
          if (JSON.stringify(probe[key as keyof Probe]) !== JSON.stringify(value)) {
            throw new Error(`${key} is ${JSON.stringify(probe[key as keyof Probe])}`);
          }
        }
        return probe;
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  async submit(command: object): Promise<Submitted> {
    return this.submitAs((await this.probe()).generation, command);
  }

  /** Submits a command meant for this load of the page. */
  async submitAs(generation: string, command: object): Promise<Submitted> {
    return this.page.submit(generation, command);
  }

  /** The numbers of reports count anew in each generation. */
  private meet(generation: string): void {
    if (generation !== this.generation) {
      this.generation = generation;
      this.after = 0;
    }
  }

  private async fetchEvents(): Promise<void> {
    this.take(await this.page.drain(this.after));
  }

  private take(drain: Drain): void {
    this.meet(drain.generation);
    for (const { seq, event } of drain.reports) {
      if (seq > this.after) {
        this.after = seq;
        this.events.push(event);
      }
    }
  }

  /** Drains until an event like this one has come, and returns it. */
  async event(wanted: Record<string, unknown>): Promise<BridgeEvent> {
    return this.some(
      (event) =>
        Object.entries(wanted).every(
          ([key, value]) => (event as Record<string, unknown>)[key] === value,
        ),
      JSON.stringify(wanted),
    );
  }

  /** Drains until an event has come that is wanted, and returns it. */
  async some(
    isWanted: (event: BridgeEvent) => boolean,
    words = "such event",
  ): Promise<BridgeEvent> {
    return vi.waitFor(
      async () => {
        await this.fetchEvents();
        const found = this.events.find(isWanted);
        if (found === undefined) {
          throw new Error(`no ${words} among ${JSON.stringify(this.events)}`);
        }
        return found;
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  /** Links the profile by its QR code and waits until it is connected. */
  async link(rehearsal: Rehearsal, phone: string): Promise<Probe> {
    await this.scan(rehearsal, phone);
    return this.until({ state: "connected", missing: [] });
  }

  /** Links the profile unless it is linked. */
  async linkOnce(rehearsal: Rehearsal, phone: string): Promise<void> {
    let scanned: string | null = null;
    await vi.waitFor(
      async () => {
        const { state, qr } = await this.probe();
        // A code is scanned once: a second scan would begin the link anew.
        if (state === "qr" && qr !== null && qr !== scanned) {
          await rehearsal.post("scan", { qr, phone });
          scanned = qr;
        }
        if (state !== "connected") {
          throw new Error(`it is ${state}`);
        }
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  private async scan(rehearsal: Rehearsal, phone: string): Promise<void> {
    const shown = await vi.waitFor(
      async () => {
        const { qr } = await this.probe();
        if (qr === null) {
          throw new Error("no code yet");
        }
        return qr;
      },
      { timeout: 20_000, interval: 50 },
    );
    await rehearsal.post("scan", { qr: shown, phone });
  }
}
