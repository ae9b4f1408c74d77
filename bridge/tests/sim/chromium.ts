import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";
import type { Drain, Probe, Submitted } from "../../src/generated/protocol";
import { type Answer, unwrap } from "../fake-page";
import type { EnginePage } from "./engine";

const BUNDLE = readFileSync(new URL("../../dist/bridge.js", import.meta.url), "utf8");
const WA_JS = readFileSync(new URL("../../dist/wa-js-adapter.js", import.meta.url), "utf8");
const NAME = "hotdesk_rehearsal";
const KEY = "5c".repeat(32);
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** A page of Chromium, with a profile of its own. */
export class ChromiumPage implements EnginePage {
  readonly engine = "chromium";
  private asked: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    private readonly page: Page,
    private readonly folder: string,
    private readonly host: CDPSession,
  ) {
    page.on("framenavigated", (frame) => {
      if (frame === page.mainFrame()) {
        this.asked = [];
      }
    });
    page.on("request", (request) => this.asked.push(request.url()));
  }

  static async open(url: string, withBridge: boolean): Promise<ChromiumPage> {
    const folder = await mkdtemp(join(tmpdir(), "hotdesk-profile-"));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: CHROMIUM,
      headless: true,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    if (withBridge) {
      const setup = JSON.stringify({ name: NAME, origin: url, key: KEY });
      await page.addInitScript({ content: `globalThis.__HOTDESK_BRIDGE__ = ${setup};\n${BUNDLE}` });
    }
    const opened = new ChromiumPage(context, page, folder, await context.newCDPSession(page));
    await page.goto(url);
    return opened;
  }

  submit(generation: string, command: object): Promise<Submitted> {
    return this.call("submit", JSON.stringify({ generation, command }));
  }

  drain(after: number): Promise<Drain> {
    return this.call("drain", after);
  }

  probe(): Promise<Probe> {
    return this.call("probe");
  }

  async adopt(): Promise<void> {
    await this.evaluate(WA_JS);
    await this.adoptWhatIsThere();
  }

  /** Without putting wa-js into the page first. */
  async adoptWhatIsThere(): Promise<void> {
    await this.call<Submitted>("adopt");
  }

  async evaluate(expression: string): Promise<string | null> {
    const { result } = await this.host.send("Runtime.evaluate", { expression });
    return result.type === "string" ? (result.value as string) : null;
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async goBack(): Promise<void> {
    await this.page.goBack();
  }

  async requests(): Promise<readonly string[]> {
    return this.asked;
  }

  async close(): Promise<void> {
    await this.context.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async call<T>(method: string, argument?: unknown): Promise<T> {
    const given = argument === undefined ? [KEY] : [argument, KEY];
    const text = await this.evaluate(
      `window["${NAME}"]?.${method}(${given.map((part) => JSON.stringify(part)).join(", ")})`,
    );
    if (text === null) {
      throw new Error("the bridge is absent");
    }
    return unwrap(JSON.parse(text) as Answer<T>);
  }
}
