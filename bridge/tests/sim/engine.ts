import type { Drain, Probe, Submitted } from "../../src/generated/protocol";

/** A page of a real engine with the bridge in it, asked as the app asks its own. */
export interface EnginePage {
  readonly engine: "chromium" | "webkit";
  submit(generation: string, command: object): Promise<Submitted>;
  drain(after: number): Promise<Drain>;
  probe(): Promise<Probe>;
  /** Puts wa-js into this load and takes it into service. */
  adopt(): Promise<void>;
  /**
   * Evaluates a script as the app does: its source goes in, its text comes out, and nothing in
   * between is script of the page. Null where it gives no text.
   */
  evaluate(script: string): Promise<string | null>;
  /** Loads the page anew and waits until it is there. */
  reload(): Promise<void>;
  /** Goes to an address, as script of the page may, and waits until it is there. */
  goto(url: string): Promise<void>;
  /** Goes back by the history and waits until the page is there. */
  goBack(): Promise<void>;
  /** The addresses asked for by this load of the page. */
  requests(): Promise<readonly string[]>;
  close(): Promise<void>;
}
