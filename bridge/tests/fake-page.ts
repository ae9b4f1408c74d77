import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createContext, Script } from "node:vm";
import type { Drain, Probe, Problem, Submitted } from "../src/generated/protocol";
import { FakeWhatsapp } from "./fake-whatsapp";

export const ORIGIN = "https://web.whatsapp.com";
const BUNDLE = new Script(readFileSync(new URL("../dist/bridge.js", import.meta.url), "utf8"));
const OBJECT = "hotdesk_test_object";

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** The object the bridge installs, called as the app calls it. */
interface Installed {
  submit(json: unknown): string;
  drain(afterSeq: unknown): string;
  probe(): string;
}

export interface PageOptions {
  readonly origin?: string;
  readonly expectedOrigin?: string;
  readonly search?: string;
  /** This load is a reload of the same address. */
  readonly reloaded?: boolean;
  readonly framed?: boolean;
  readonly whatsapp?: FakeWhatsapp;
  readonly storage?: Map<string, string>;
  /** Script of the page that runs before the bridge is called, but after it was injected. */
  readonly pageScript?: string;
}

/** One load of a page: a realm of its own with a fake document, the real bundle in it. */
export class FakePage {
  readonly whatsapp: FakeWhatsapp;
  readonly storage: Map<string, string>;
  readonly realm: Record<string, unknown>;
  /** Addresses it was told to load. */
  readonly visited: string[] = [];
  clockMs = 0;
  utcMs = 1_750_000_000_000;

  constructor(options: PageOptions = {}) {
    this.whatsapp = options.whatsapp ?? new FakeWhatsapp();
    this.storage = options.storage ?? new Map();
    this.realm = this.makeRealm(options);
    createContext(this.realm);
    this.run("globalThis.self = globalThis; if (top === null) { top = globalThis; }");
    this.run(`Date.now = () => utcNow();`);
    this.realm.__HOTDESK_BRIDGE__ = {
      name: OBJECT,
      origin: options.expectedOrigin ?? ORIGIN,
    };
    BUNDLE.runInContext(this.realm);
    if (options.pageScript !== undefined) {
      this.run(options.pageScript);
    }
    this.whatsapp.installInto(this.realm);
  }

  private makeRealm(options: PageOptions): Record<string, unknown> {
    const storage = this.storage;
    const whatsapp = this.whatsapp;
    return {
      location: {
        origin: options.origin ?? ORIGIN,
        search: options.search ?? "",
        assign: (path: string) => this.visited.push(path),
      },
      top: options.framed === true ? {} : null,
      performance: {
        now: () => this.clockMs,
        getEntriesByType: () => [{ type: options.reloaded === true ? "reload" : "navigate" }],
      },
      utcNow: () => this.utcMs,
      crypto: webcrypto,
      File,
      document: { querySelector: (selectors: string) => whatsapp.element(selectors) },
      localStorage: {
        getItem: (key: string) => storage.get(key) ?? null,
        setItem: (key: string, value: string) => {
          if (whatsapp.storageFull) {
            throw new Error("QuotaExceededError");
          }
          storage.set(key, value);
        },
      },
    };
  }

  run(script: string): unknown {
    return new Script(script).runInContext(this.realm as never);
  }

  get installed(): Installed | undefined {
    return this.run(`globalThis[${JSON.stringify(OBJECT)}]`) as Installed | undefined;
  }

  private get bridge(): Installed {
    if (this.installed === undefined) {
      throw new Error("the bridge is not installed");
    }
    return this.installed;
  }

  probeRaw(): string {
    return this.bridge.probe();
  }

  probe(): Probe {
    return unwrap(JSON.parse(this.probeRaw()) as Answer<Probe>);
  }

  drainRaw(afterSeq: unknown): string {
    return this.bridge.drain(afterSeq);
  }

  drain(afterSeq = 0): Drain {
    return unwrap(JSON.parse(this.drainRaw(afterSeq)) as Answer<Drain>);
  }

  submitRaw(json: unknown): Answer<Submitted> {
    return JSON.parse(this.bridge.submit(json)) as Answer<Submitted>;
  }

  submit(command: unknown, generation = this.probe().generation): Answer<Submitted> {
    return this.submitRaw(JSON.stringify({ generation, command }));
  }

  /** The probe after the registry has stood still long enough. */
  settle(): Probe {
    this.probe();
    this.clockMs += 1_000;
    return this.probe();
  }

  /** Lets every promise that can go on go on. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function unwrap<T>(answer: Answer<T>): T {
  if (!answer.ok) {
    throw new Error(`refused: ${answer.problem.code}: ${answer.problem.message}`);
  }
  return answer.value;
}

/** A page that is linked, settled and connected. */
export function connectedPage(options: PageOptions = {}): FakePage {
  const page = new FakePage(options);
  page.whatsapp.link();
  page.settle();
  return page;
}
