// The naive way, for comparison: one headless Chromium per SDR, driven by puppeteer-core, with the
// same bridge in the same simulated page and the same calls to the same queue.

import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { call, root, signIn } from "./office.mjs";
import { until } from "./processes.mjs";

const chromium = process.env.HOTDESK_CHROMIUM ?? "/usr/bin/chromium";
const name = "naiveBridge";

/** One SDR's Chromium with its own profile. */
export class NaiveSession {
  constructor(dir, server, sim, sdr) {
    Object.assign(this, {
      dir: join(dir, `chromium-${sdr.sdrId}`),
      server,
      sim,
      sdr,
      desktopId: randomUUID(),
    });
    this.sending = false;
  }

  /** Starts the browser and loads the page, with the bridge unless told otherwise. */
  async open({ bridge = true } = {}) {
    mkdirSync(this.dir, { recursive: true });
    this.browser = await puppeteer.launch({
      executablePath: chromium,
      userDataDir: this.dir,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    [this.page] = await this.browser.pages();
    if (bridge) {
      const setting = JSON.stringify({ name, origin: new URL(this.sim).origin });
      const bundle = readFileSync(join(root, "bridge/dist/bridge.js"), "utf8");
      await this.page.evaluateOnNewDocument(
        `globalThis.__HOTDESK_BRIDGE__ = ${setting};\n${bundle}`,
      );
    }
    await this.page.goto(this.sim);
  }

  /** The name of the bridge's object in the page. */
  get object() {
    return name;
  }

  get pid() {
    return this.browser.process().pid;
  }

  async ask(method, ...args) {
    const answer = JSON.parse(
      await this.page.evaluate(
        (object, what, given) => globalThis[object][what](...given),
        name,
        method,
        args,
      ),
    );
    if (!answer.ok) throw new Error(`${method}: ${answer.problem.code}`);
    return answer.value;
  }

  /** Links the SDR's account, or finds it linked. */
  async connect() {
    let scanned = false;
    await until(
      `${this.sdr.sdrId} is connected`,
      async () => {
        this.probe = await this.ask("probe");
        if (this.probe.state === "qr" && this.probe.qr && !scanned) {
          scanned = true;
          await call(this.sim, "POST", "/control/scan", {
            body: { qr: this.probe.qr, phone: this.sdr.phone },
          });
        }
        return this.probe.state === "connected";
      },
      { every: 20 },
    );
  }

  /** Sends whatever is queued until `stop` is called: one at a time, without pacing. */
  start() {
    this.sending = true;
    this.loop = this.send();
  }

  async stop() {
    this.sending = false;
    await this.loop;
  }

  async send() {
    const { sdrId } = this.sdr;
    const token = await signIn(this.server, this.sdr.email, this.desktopId);
    const post = (path, body) =>
      call(this.server, "POST", path, {
        token,
        body: { sdrId, desktopId: this.desktopId, ...body },
      });
    let after = 0;
    while (this.sending) {
      const claimed = await post("/api/sender/claim", { limit: 10, waitSeconds: 2, holding: [] });
      for (const one of claimed.messages) {
        const { messageId, leaseToken } = one;
        await post("/api/sender/begin", { messageId, leaseToken, profileEpoch: "naive" });
        const derived = `v1|${claimed.tenant}|${messageId}|${one.generation}`;
        const waMessageId = `3EB0${createHash("sha256").update(derived).digest("hex").slice(0, 18).toUpperCase()}`;
        const command = {
          type: "send_text",
          messageId,
          waMessageId,
          phone: one.phone,
          text: one.text,
        };
        await this.ask("submit", JSON.stringify({ generation: this.probe.generation, command }));
        for (let sent = false; !sent; ) {
          const { reports } = await this.ask("drain", after);
          after = reports.at(-1)?.seq ?? after;
          const acks = reports.map((report) => report.event);
          sent = acks.some(
            (event) =>
              event.waMessageId === waMessageId && ["server", "device", "read"].includes(event.ack),
          );
          if (!sent) await pause(5);
        }
        await post("/api/sender/result", {
          messageId,
          state: "sent",
          atMs: Date.now(),
          waMessageId,
          chatId: null,
          problem: null,
        });
      }
    }
  }

  async close() {
    await this.browser?.close();
  }
}
