import { render } from "@testing-library/svelte";
import App from "../../../src/dashboard/App.svelte";
import { Api } from "../../../src/dashboard/api";
import { Dashboard } from "../../../src/dashboard/dashboard.svelte";
import { Live, type Source } from "../../../src/dashboard/live.svelte";
import type { LeadRow, SdrRow } from "../../../src/dashboard/wire";

export type Call = { method: string; path: string; csrf: string | null; body: unknown };
type Answer = { status?: number; body?: unknown };

/** A `fetch` that answers from a table of `METHOD /path`, and keeps what was asked. */
export function server(answers: Record<string, Answer | ((call: Call) => Answer)>) {
  const calls: Call[] = [];
  const ask = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const path = String(input);
    const method = init.method ?? "GET";
    const csrf = new Headers(init.headers).get("X-CSRF-Token");
    const call = { method, path, csrf, body: init.body ? JSON.parse(String(init.body)) : null };
    calls.push(call);
    const known = answers[`${method} ${path}`] ?? answers[`${method} ${path.split("?")[0]}`];
    if (!known) throw new TypeError("nobody answers");
    const { status = 200, body } = typeof known === "function" ? known(call) : known;
    return new Response(body === undefined ? null : JSON.stringify(body), { status });
  };
  return { ask: ask as typeof fetch, calls };
}

/** A stream of events that a test tells. */
export class FakeSource implements Source {
  readyState = 1;
  onerror: Source["onerror"] = null;
  readonly #listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>();

  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void {
    const all = this.#listeners.get(kind) ?? [];
    this.#listeners.set(kind, [...all, listener]);
  }

  close(): void {
    this.readyState = 2;
  }

  tell(kind: string, data: unknown = {}): void {
    const event = new MessageEvent(kind, { data: JSON.stringify(data) });
    for (const listener of this.#listeners.get(kind) ?? []) listener(event);
  }

  /** The connection broke; `forGood` as at an answer that is no stream. */
  breaks(forGood = false): void {
    if (forGood) this.readyState = 2;
    this.onerror?.(new Event("error"));
  }
}

export const SESSION = {
  person: { id: "mia", name: "Mia Tavares", email: "mia@hotdesk.example", role: "manager" },
  csrfToken: "c5rf",
  endsAtMs: 2_000_000_000_000,
};

export function sdr(changes: Partial<SdrRow> = {}): SdrRow {
  return {
    id: "john",
    name: "John Almeida",
    email: "john@hotdesk.example",
    session: {
      state: "connected",
      connected: true,
      phone: "+5511960000001",
      connectedAtMs: 1_000_000,
      adapterId: "modules",
      adapterPack: "built-in 1",
      problem: null,
      lastSeenMs: 2_000_000,
    },
    activeDesktop: { desktopId: "d-1", name: "Front desk", sinceMs: 1_000_000 },
    paused: false,
    inFlight: 0,
    appVersion: "0.1.0",
    counts: { queued: 3, sentToday: 5, review: 0 },
    online: true,
    wish: null,
    ...changes,
  };
}

export function lead(id: string, changes: Partial<LeadRow> = {}): LeadRow {
  return {
    id,
    name: `Lead ${id}`,
    phone: "+5511960000009",
    company: "Aurora",
    position: null,
    site: null,
    pain: null,
    consent: "asked at the fair",
    sdrId: "john",
    status: "new",
    createdAtMs: 1_000_000,
    lastMessageAtMs: null,
    messages: 0,
    replies: 0,
    optedOut: false,
    timeZone: null,
    zones: [],
    ...changes,
  };
}

/** The dashboard as somebody of this role has it open at an address. */
export function open(
  role: "sdr" | "manager" | "admin",
  path: string,
  answers: Parameters<typeof server>[0],
) {
  history.replaceState(null, "", path);
  const { ask, calls } = server({
    "GET /api/session": { body: { ...SESSION, person: { ...SESSION.person, role } } },
    "GET /api/sdrs": { body: { sdrs: [sdr(), sdr({ id: "jane", name: "Jane Okafor" })] } },
    ...answers,
  });
  const source = new FakeSource();
  const dashboard = new Dashboard(new Api(ask), new Live(() => source));
  const { container } = render(App, { dashboard });
  return { dashboard, calls, source, container };
}
