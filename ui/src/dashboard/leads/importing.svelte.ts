import type { Api } from "../api";
import { pathWith } from "../api";
import type { AssignTo, ImportAnswer, ImportMapping, LeadField, Problem } from "../wire";

/** The steps, in their order. */
export const IMPORT_STEPS = ["file", "mapping", "preview", "result"] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];

/** Bytes a file has at most. */
export const MOST_IMPORT_BYTES = 200 * 1024 * 1024;

/** Why this file is not even sent; null where it may be. */
export function unfitFile(file: File): string | null {
  if (file.size === 0) return "This file is empty. Choose the one with the leads in it.";
  if (file.size > MOST_IMPORT_BYTES) {
    return "This file is larger than 200 MB. Split it into several and import one after the other.";
  }
  if (/\.(xlsx?|ods|numbers)$/i.test(file.name)) {
    return "This is a spreadsheet. Save it as CSV there (“Save as”, “CSV UTF-8”) and choose that file.";
  }
  return null;
}

/** What still keeps a mapping from being used; null where nothing does. */
export function mappingLack(mapping: ImportMapping, consent: string): string | null {
  const fields = Object.values(mapping);
  if (!fields.includes("phone")) return "Say which column has the phone number.";
  if (!fields.includes("name")) return "Say which column has the name.";
  if (!fields.includes("consent") && consent.trim() === "") {
    return "Say why these people may be written to, or which column says so.";
  }
  return null;
}

/** Maps a column; a field comes from one column only. */
export function mapped(
  mapping: ImportMapping,
  column: string,
  field: LeadField | "",
): ImportMapping {
  const others = Object.entries(mapping).filter(
    ([name, known]) => name !== column && (field === "" || known !== field),
  );
  return Object.fromEntries(field === "" ? others : [...others, [column, field]]);
}

/** Rejected lines as a file for a spreadsheet. */
export function rejectedCsv(answer: ImportAnswer): string {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = answer.rejected.map((one) => [one.line, one.code, quoted(one.message)].join(","));
  return ["line,code,message", ...lines, ""].join("\r\n");
}

/** One import, from the file to what came of it. Nothing is written before `run`. */
export class Importing {
  step = $state<ImportStep>("file");
  file = $state.raw<File | null>(null);
  mapping = $state.raw<ImportMapping>({});
  consent = $state("");
  country = $state("BR");
  to = $state.raw<AssignTo | null>({ nobody: true });
  /** What the server read without writing. */
  dry = $state.raw<ImportAnswer | null>(null);
  result = $state.raw<ImportAnswer | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  sent = $state(0);
  readonly #api: Api;
  #stop: AbortController | null = null;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Reads a file at the server, to learn its columns. */
  async choose(file: File): Promise<void> {
    const unfit = unfitFile(file);
    this.problem = unfit === null ? null : { code: "bad_request", message: unfit };
    if (unfit !== null) return;
    this.file = file;
    this.mapping = {};
    const answer = await this.#send(true);
    if (!answer) return;
    this.dry = answer;
    this.mapping = answer.guessed;
    this.step = "mapping";
  }

  /** Reads it once more as it is mapped now. */
  async check(): Promise<void> {
    const answer = await this.#send(true);
    if (!answer) return;
    this.dry = answer;
    this.step = "preview";
  }

  /** Writes the leads. Interrupted and repeated, nothing is there twice. */
  async run(): Promise<void> {
    const answer = await this.#send(false);
    if (!answer) return;
    this.result = answer;
    this.step = "result";
  }

  /** A step back; nothing was written by then. */
  back(): void {
    const at = IMPORT_STEPS.indexOf(this.step);
    this.step = IMPORT_STEPS[Math.max(0, at - 1)] ?? "file";
    this.problem = null;
  }

  /** Stops what is being sent. */
  stop(): void {
    this.#stop?.abort();
  }

  async #send(dryRun: boolean): Promise<ImportAnswer | null> {
    if (!this.file) return null;
    const form = new FormData();
    // What is to be done comes before the file: the server reads it as it arrives.
    if (Object.keys(this.mapping).length > 0) form.set("mapping", JSON.stringify(this.mapping));
    if (this.consent.trim() !== "") form.set("consent", this.consent.trim());
    form.set("defaultCountry", this.country);
    if (this.to) form.set("assign", JSON.stringify(this.to));
    form.set("file", this.file);
    this.busy = true;
    this.problem = null;
    this.sent = 0;
    this.#stop = new AbortController();
    const outcome = await this.#api.upload<ImportAnswer>(
      pathWith("/api/leads/import", { dryRun }),
      form,
      (sent) => {
        this.sent = sent;
      },
      this.#stop.signal,
    );
    this.busy = false;
    if (outcome.status === "ok") return outcome.data;
    this.problem = outcome.error;
    return null;
  }
}
