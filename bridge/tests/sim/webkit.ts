import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { Drain, Probe, Submitted } from "../../src/generated/protocol";
import type { EnginePage } from "./engine";

const HOST = fileURLToPath(new URL("../../../target/debug/examples/page_host", import.meta.url));
const LONG = { timeout: 20_000, interval: 25 };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The app's own pages (tests/page_host), at a desk without a desktop. */
class Host {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  private constructor(
    private readonly processes: readonly ChildProcess[],
    private readonly folder: string,
  ) {
    const host = this.host();
    host.once("exit", (code) => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error(`page_host ended with ${code}`));
      }
    });
    createInterface({ input: host.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const answer = JSON.parse(line);
      const waiting = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if (answer.fault === undefined) {
        waiting?.resolve(answer.value);
      } else {
        const { code, message } = answer.fault;
        waiting?.reject(new Error(`refused: ${code}: ${message}`));
      }
    });
  }

  private host(): ChildProcess {
    const host = this.processes[0];
    if (host === undefined) {
      throw new Error("page_host was not started");
    }
    return host;
  }

  static async start(): Promise<Host> {
    // Short, because a socket's path may have 107 bytes only.
    const folder = await mkdtemp("/tmp/hd-");
    const home = join(folder, "home");
    const runtime = join(folder, "run");
    await mkdir(home, { mode: 0o700 });
    await mkdir(runtime, { mode: 0o700 });
    const x = spawn(
      "Xvfb",
      ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const bus = spawn(
      "dbus-daemon",
      ["--session", "--nofork", "--print-address", `--address=unix:dir=${runtime}`],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const [display, address] = await Promise.all([firstLine(x), firstLine(bus)]);
    const { WAYLAND_DISPLAY: _, ...env } = process.env;
    const host = spawn(HOST, [], {
      stdio: ["pipe", "pipe", process.env.HOST_STDERR === undefined ? "ignore" : "inherit"],
      env: {
        ...env,
        HOME: home,
        XDG_RUNTIME_DIR: runtime,
        XDG_CONFIG_HOME: join(home, ".config"),
        XDG_DATA_HOME: join(home, ".local/share"),
        XDG_CACHE_HOME: join(home, ".cache"),
        XDG_STATE_HOME: join(home, ".local/state"),
        DISPLAY: `:${display}`,
        DBUS_SESSION_BUS_ADDRESS: address,
        GDK_BACKEND: "x11",
        NO_AT_BRIDGE: "1",
        GTK_A11Y: "none",
        WEBKIT_DISABLE_DMABUF_RENDERER: "1",
        LIBGL_ALWAYS_SOFTWARE: "1",
      },
    });
    return new Host([host, bus, x], folder);
  }

  ask<T>(ask: object): Promise<T> {
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.host().stdin?.write(`${JSON.stringify({ id, ...ask })}\n`);
    });
  }

  async end(): Promise<void> {
    const [host, ...servers] = this.processes;
    // It ends when nobody asks any more.
    host?.stdin?.end();
    await ended(host);
    for (const server of servers) {
      server.kill("SIGTERM");
      await ended(server);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => child.once("exit", resolve));
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnfile} ended with ${code}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", (line) =>
      resolve(line.trim()),
    );
  });
}

/** One host for all tests of this process, started with the first page. */
let running: Promise<Host> | undefined;
const offices = new Map<string, { number: Promise<number>; pages: number }>();
let pages = 0;
let loads = 0;

/** Ends the host, if one was started. */
export async function endWebkit(): Promise<void> {
  const host = await running;
  running = undefined;
  offices.clear();
  await host?.end();
}

/** A page of the system's WebKit, as the app opens it. */
export class WebkitPage implements EnginePage {
  readonly engine = "webkit";

  private constructor(
    private readonly host: Host,
    private readonly office: number,
    private readonly page: string,
    private readonly url: string,
    private readonly folder: string,
  ) {}

  static async open(url: string, withBridge: boolean): Promise<WebkitPage> {
    pages += 1;
    const page = `sdr-${pages}`;
    running ??= Host.start();
    const host = await running;
    const office = offices.get(url) ?? {
      number: host.ask<number>({ ask: "open_office", url }),
      pages: 0,
    };
    offices.set(url, office);
    office.pages += 1;
    const folder = await mkdtemp(join(tmpdir(), "hotdesk-profile-"));
    const opened = new WebkitPage(host, await office.number, page, url, folder);
    await (withBridge ? opened.does("open", { profile: folder }) : opened.does("open_bare"));
    if (!withBridge) {
      await opened.does("go", { url });
    }
    await opened.waitFor(
      `location.href.startsWith(${JSON.stringify(url)}) && document.readyState === "complete"`,
    );
    return opened;
  }

  submit(generation: string, command: object): Promise<Submitted> {
    return this.does("submit", { request: { generation, command } });
  }

  drain(after: number): Promise<Drain> {
    return this.patiently("drain", { after });
  }

  probe(): Promise<Probe> {
    return this.patiently("probe");
  }

  async adopt(): Promise<void> {
    await this.does("adopt");
  }

  evaluate(script: string): Promise<string | null> {
    return this.does("evaluate", { script });
  }

  reload(): Promise<void> {
    return this.leaveBy(() => this.does("reload"));
  }

  async goto(url: string): Promise<void> {
    const go = () => this.does("go", { url });
    const stays = new URL(url).origin !== new URL(this.url).origin && url !== "about:blank";
    await (stays ? go() : this.leaveBy(go));
  }

  goBack(): Promise<void> {
    return this.leaveBy(() => this.evaluate("history.back()"));
  }

  async requests(): Promise<readonly string[]> {
    const names = `JSON.stringify(performance.getEntriesByType("resource").map((one) => one.name))`;
    return JSON.parse((await this.evaluate(names)) ?? "[]");
  }

  async close(): Promise<void> {
    await this.does("close");
    const office = offices.get(this.url);
    if (office !== undefined) {
      office.pages -= 1;
      if (office.pages === 0) {
        offices.delete(this.url);
        await this.host.ask({ ask: "close_office", office: this.office });
      }
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private does<T>(does: string, more: object = {}): Promise<T> {
    return this.host.ask({ ask: "page", office: this.office, page: this.page, does, ...more });
  }

  /** Asks again, as the app does, what is harmless to ask again and a busy machine did not answer. */
  private async patiently<T>(does: string, more: object = {}): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.does<T>(does, more);
      } catch (error) {
        if (tries === 5 || !String(error).includes("timed_out")) {
          throw error;
        }
      }
    }
  }

  /** Goes where another document is, and waits until that is there. */
  private async leaveBy(leave: () => Promise<unknown>): Promise<void> {
    loads += 1;
    const here = `load-${loads}`;
    // A page that hangs does not hear this, nor will it be taken for the next one.
    await this.evaluate(`globalThis.hereBefore = "${here}"`).catch(() => null);
    await leave();
    await this.waitFor(`globalThis.hereBefore !== "${here}" && document.readyState === "complete"`);
  }

  private async waitFor(condition: string): Promise<void> {
    await vi.waitFor(async () => {
      if ((await this.evaluate(`${condition} ? "yes" : "no"`)) !== "yes") {
        throw new Error(`not yet: ${condition}`);
      }
    }, LONG);
  }
}
