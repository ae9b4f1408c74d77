import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import App from "../../src/dashboard/App.svelte";
import { Api } from "../../src/dashboard/api";
import { Dashboard } from "../../src/dashboard/dashboard.svelte";
import { Live } from "../../src/dashboard/live.svelte";
import { FakeSource, lead, SESSION, sdr, server } from "./support/office";

type Answers = Parameters<typeof server>[0];
const NOBODY = { status: 401, body: { code: "unauthorized", message: "Sign in first." } };

function open(path: string, answers: Answers) {
  history.replaceState(null, "", path);
  const { ask, calls } = server({
    "GET /api/session": { body: SESSION },
    "GET /api/sdrs": { body: { sdrs: [sdr(), sdr({ id: "jane", name: "Jane Okafor" })] } },
    ...answers,
  });
  const source = new FakeSource();
  const dashboard = new Dashboard(new Api(ask), new Live(() => source));
  render(App, { dashboard });
  return { dashboard, calls, source };
}

const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("signing in", () => {
  test("whoever is not signed in sees the form alone, and is told what is wrong", async () => {
    const problem = { code: "wrong_credentials", message: "Check both and try again." };
    let right = false;
    const { calls } = open("/leads", {
      "GET /api/session": NOBODY,
      "POST /api/session": () => (right ? { body: SESSION } : { status: 401, body: problem }),
      "GET /api/leads": { body: { leads: [lead("1")], next: null, total: 1 } },
    });
    await screen.findByTestId("sign-in");
    await fireEvent.click(screen.getByTestId("sign-in"));
    expect(screen.getByTestId("sign-in-problem").textContent).toContain("e-mail address");
    expect(
      calls.filter(({ method }) => method === "POST"),
      "nothing was asked yet",
    ).toHaveLength(0);
    await fireEvent.input(screen.getByTestId("email"), {
      target: { value: "mia@hotdesk.example" },
    });
    await fireEvent.input(screen.getByTestId("password"), { target: { value: "secret" } });
    await fireEvent.click(screen.getByTestId("sign-in"));
    await waitFor(() =>
      expect(screen.getByTestId("sign-in-problem").textContent).toContain("Check both"),
    );
    right = true;
    await fireEvent.click(screen.getByTestId("sign-in"));
    await screen.findByTestId("lead");
    expect(location.pathname, "where they wanted to go").toBe("/leads");
  });

  test("a session that ends covers the page, and comes back to what was being done", async () => {
    let known = true;
    open("/leads", {
      "POST /api/session": { body: SESSION },
      "GET /api/leads": () =>
        known ? { body: { leads: [lead("1")], next: null, total: 1 } } : NOBODY,
    });
    await fireEvent.click(within(await screen.findByTestId("lead")).getByRole("checkbox"));
    known = false;
    await fireEvent.click(screen.getByTestId("sort-name"));
    await screen.findByTestId("session-ended");
    expect(
      screen.getByTestId("leads").closest("[hidden]"),
      "nobody sees the leads meanwhile",
    ).toBeTruthy();
    known = true;
    await fireEvent.input(screen.getByTestId("password"), { target: { value: "secret" } });
    await fireEvent.click(screen.getByTestId("sign-in"));
    await waitFor(() => expect(screen.queryByTestId("session-ended")).toBeNull());
    expect(screen.getByTestId("leads").closest("[hidden]")).toBeNull();
  });

  test("a server that does not answer is not taken for a sign-out", async () => {
    open("/", {
      "GET /api/session": { status: 503, body: { code: "server_error", message: "Down." } },
    });
    await screen.findByTestId("ask-again");
    expect(screen.queryByTestId("sign-in")).toBeNull();
  });

  test("an SDR is not offered what only a manager may do", async () => {
    const person = { ...SESSION.person, id: "john", role: "sdr" };
    open("/leads", {
      "GET /api/session": { body: { ...SESSION, person } },
      "GET /api/leads": { body: { leads: [lead("1")], next: null, total: 1 } },
    });
    await screen.findByTestId("lead");
    for (const hidden of ["import-open", "select-loaded", "filter-sdr"]) {
      expect(screen.queryByTestId(hidden), hidden).toBeNull();
    }
  });
});

describe("live", () => {
  test("an event reads the SDRs again", async () => {
    let state = "qr";
    const { source } = open("/sdrs", {
      "GET /api/sdrs": () => {
        const one = sdr();
        return {
          body: {
            sdrs: [
              { ...one, session: { ...one.session, state, connected: state === "connected" } },
            ],
          },
        };
      },
    });
    const row = await screen.findByTestId("sdr");
    expect(row.textContent).toContain("Scan the QR code");
    state = "connected";
    source.tell("hello");
    source.tell("sdr", { id: "john" });
    await waitFor(() => expect(screen.getByTestId("sdr").textContent).toContain("Connected"));
  });

  test("without the stream the page says how old it is and keeps what it shows", async () => {
    const { source } = open("/sdrs", {});
    await screen.findAllByTestId("sdr");
    expect(screen.queryByTestId("away")).toBeNull();
    source.breaks();
    expect((await screen.findByTestId("away")).textContent).toMatch(/shown as of \d\d:\d\d/);
    expect(screen.getAllByTestId("sdr")).toHaveLength(2);
    source.tell("hello");
    await waitFor(() => expect(screen.queryByTestId("away")).toBeNull());
  });
});

describe("WhatsApp", () => {
  test("disconnecting asks first, and says it in words that a refusal does not lose", async () => {
    let refuse = true;
    const { calls } = open("/sdrs", {
      "DELETE /api/sdrs/john/whatsapp": () =>
        refuse
          ? { status: 503, body: { code: "server_error", message: "Later." } }
          : { status: 202 },
    });
    const row = (await screen.findAllByTestId("sdr")).find(
      (one) => one.dataset.sdr === "john",
    ) as HTMLElement;
    await fireEvent.click(within(row).getByTestId("disconnect-open"));
    expect(calls.some(({ method }) => method === "DELETE")).toBe(false);
    await fireEvent.click(screen.getByTestId("disconnect-confirm"));
    expect((await screen.findByTestId("disconnect-problem")).textContent).toContain("Later.");
    refuse = false;
    await fireEvent.click(screen.getByTestId("disconnect-confirm"));
    await waitFor(() => expect(screen.queryByTestId("disconnect")).toBeNull());
    expect(calls.filter(({ method }) => method === "DELETE").map(({ csrf }) => csrf)).toEqual([
      "c5rf",
      "c5rf",
    ]);
  });

  test("connecting shows the code as a picture that names whose it is", async () => {
    const out = sdr({ session: null });
    open("/sdrs", {
      "GET /api/sdrs": { body: { sdrs: [out] } },
      "POST /api/sdrs/john/whatsapp/connect": { status: 202 },
      "GET /api/sdr/whatsapp/qr": {
        body: { sdrId: "john", value: "2@abc,def", expiresInMs: 20_000 },
      },
    });
    await fireEvent.click(await screen.findByTestId("connect-open"));
    const qr = await screen.findByTestId("qr");
    expect(qr.getAttribute("aria-label")).toContain("John Almeida");
    expect(qr.querySelector("path")?.getAttribute("d")?.length, "it is drawn").toBeGreaterThan(500);
    expect(screen.getByTestId("countdown").textContent).toMatch(/New code in \d+ s/);
  });
});

describe("leads", () => {
  test("those that are looked for are assigned in turn; who was skipped is named, with why", async () => {
    const { calls } = open("/leads", {
      "GET /api/leads": { body: { leads: [lead("1"), lead("2")], next: null, total: 2 } },
      "POST /api/leads/assign": {
        body: {
          assigned: 1,
          skippedCount: 1,
          skipped: [{ leadId: "2", why: "It is being sent." }],
        },
      },
    });
    await screen.findAllByTestId("lead");
    await fireEvent.click(screen.getByTestId("select-loaded"));
    await fireEvent.click(screen.getByTestId("assign-open"));
    expect((screen.getByTestId("assign-confirm") as HTMLButtonElement).disabled, "to whom?").toBe(
      true,
    );
    await fireEvent.click(screen.getByTestId("way-many"));
    await fireEvent.click(screen.getByTestId("assign-confirm"));
    expect((await screen.findByTestId("skipped")).textContent).toContain(
      "Lead 2 It is being sent.",
    );
    const call = calls.find(({ path }) => path === "/api/leads/assign");
    expect(call?.body).toEqual({ leadIds: ["1", "2"], to: { roundRobin: ["john", "jane"] } });
  });

  test("g and l open them, / searches them, Escape closes a lead", async () => {
    open("/sdrs", {
      "GET /api/leads": { body: { leads: [lead("1")], next: null, total: 1 } },
      "GET /api/leads/1": { body: { lead: lead("1"), messages: [], replies: [] } },
    });
    await screen.findAllByTestId("sdr");
    await press("g");
    await press("l");
    await fireEvent.click(await screen.findByTestId("lead"));
    expect(await screen.findByTestId("lead-name")).toBeTruthy();
    expect(location.pathname).toBe("/leads/1");
    await press("Escape");
    await waitFor(() => expect(screen.queryByTestId("lead-panel")).toBeNull());
    await press("/");
    expect(document.activeElement).toBe(screen.getByTestId("search"));
  });
});

describe("review", () => {
  const waiting = {
    seq: 1,
    messageId: "m-1",
    sdrId: "jane",
    sdrName: "Jane Okafor",
    leadId: "1",
    leadName: "Ana",
    phone: "+5511960000009",
    text: "Hello Ana",
    generation: 2,
    sinceMs: 1,
    begunAtMs: 1,
    desktopId: "d-1",
    problem: null,
    session: null,
    sessionSeenAtMs: null,
  };

  test("nothing is sent as new without a second word; then it is gone from the list", async () => {
    const { calls } = open("/review", {
      "GET /api/review": { body: { messages: [waiting], next: null } },
      "POST /api/messages/m-1/decision": {
        body: { sdrId: "jane", state: "queued", generation: 3, pinnedTo: "d-1" },
      },
    });
    await fireEvent.click(await screen.findByTestId("choose-send_as_new"));
    expect(calls.some(({ method }) => method === "POST")).toBe(false);
    await fireEvent.click(screen.getByTestId("as-new-confirm"));
    await waitFor(() => expect(screen.queryByTestId("review-item")).toBeNull());
    const call = calls.find(({ path }) => path.endsWith("/decision"));
    expect(call?.body).toEqual({ decision: "resend", generation: 2, unlinked: false });
  });

  test("a decision that was refused stays, with why", async () => {
    open("/review", {
      "GET /api/review": { body: { messages: [waiting], next: null } },
      "POST /api/messages/m-1/decision": {
        status: 409,
        body: { code: "fenced", message: "It was decided otherwise." },
      },
    });
    await fireEvent.click(await screen.findByTestId("choose-arrived"));
    expect((await screen.findByTestId("review-refused")).textContent).toContain(
      "decided otherwise",
    );
    expect(screen.getByTestId("review-item")).toBeTruthy();
  });
});
