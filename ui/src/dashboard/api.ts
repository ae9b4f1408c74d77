/** The one door between the dashboard and the queue server. */
import type { Outcome } from "../lib/office";
import type { Problem } from "./wire";

export type { Outcome } from "../lib/office";

/** What goes behind the `?`; what is null, undefined or empty stays out. */
export type Query = Record<string, string | number | boolean | null | undefined>;

/** A path with its query. */
export function pathWith(path: string, query: Query): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return search === "" ? path : `${path}?${search}`;
}

const NOT_READ: Problem = {
  code: "unreachable",
  message: "The server did not answer. What is on the screen stays; nothing was changed.",
};
const NOT_SENT: Problem = {
  code: "unreachable",
  message:
    "The server did not answer, so it is not known whether this was done. Look first, then try again: what was done once is not done twice.",
};
const ODD: Problem = {
  code: "bad_answer",
  message: "The server’s answer could not be read. Nothing is lost; tell whoever runs it.",
};

/** A `Problem` of the server, or one made of what came instead. */
function problemOf(status: number, body: unknown): Problem {
  if (body !== null && typeof body === "object" && "code" in body && "message" in body) {
    return { code: String(body.code), message: String(body.message) };
  }
  return { code: status >= 500 ? "server_error" : "bad_answer", message: ODD.message };
}

/** Calls with the browser's own cookie; whatever changes something carries the session's CSRF token. */
export class Api {
  /** Of the session; null before signing in. */
  csrfToken: string | null = null;
  /** Called when the server no longer knows the session. */
  onSignedOut: () => void = () => undefined;
  /** Called with the time of each good answer to a read. */
  onRead: (atMs: number) => void = () => undefined;
  readonly #fetch: typeof fetch;

  constructor(ask: typeof fetch = (...call) => fetch(...call)) {
    this.#fetch = ask;
  }

  /** Reads. */
  async get<T>(path: string, query: Query = {}): Promise<Outcome<T>> {
    const outcome = await this.#call<T>("GET", pathWith(path, query));
    if (outcome.status === "ok") this.onRead(Date.now());
    return outcome;
  }

  /** Changes something. */
  async send<T = null>(
    method: "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<Outcome<T>> {
    return await this.#call<T>(method, path, body);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<Outcome<T>> {
    const changes = method !== "GET";
    const headers = new Headers({ Accept: "application/json" });
    if (body !== undefined) headers.set("Content-Type", "application/json");
    if (changes && this.csrfToken !== null) headers.set("X-CSRF-Token", this.csrfToken);
    let answer: Response;
    try {
      answer = await this.#fetch(path, {
        method,
        headers,
        credentials: "same-origin",
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch {
      return { status: "error", error: changes ? NOT_SENT : NOT_READ };
    }
    const text = await answer.text().catch(() => "");
    return this.#judge<T>(answer.status, text);
  }

  #judge<T>(status: number, text: string): Outcome<T> {
    let body: unknown = null;
    try {
      if (text !== "") body = JSON.parse(text);
    } catch {
      const known = status >= 200 && status < 300 ? ODD : problemOf(status, null);
      return { status: "error", error: known };
    }
    if (status >= 200 && status < 300) return { status: "ok", data: body as T };
    const error = problemOf(status, body);
    if (status === 401 && this.csrfToken !== null) this.onSignedOut();
    return { status: "error", error };
  }

  /** Sends a form with a file; `onprogress` is told the bytes that have left. `fetch` cannot tell them. */
  upload<T>(
    path: string,
    form: FormData,
    onprogress: (sent: number) => void,
    stop?: AbortSignal,
  ): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", path);
      request.setRequestHeader("Accept", "application/json");
      if (this.csrfToken !== null) request.setRequestHeader("X-CSRF-Token", this.csrfToken);
      request.upload.onprogress = (event) => onprogress(event.loaded);
      request.onload = () => resolve(this.#judge<T>(request.status, request.responseText));
      request.onerror = () => resolve({ status: "error", error: NOT_SENT });
      request.onabort = () => resolve({ status: "error", error: NOT_SENT });
      stop?.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }
}
