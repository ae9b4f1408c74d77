import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import { Api } from "../../src/dashboard/api";
import {
  firstWall,
  momentOf,
  momentWords,
  wallAt,
  whenFault,
} from "../../src/dashboard/campaigns/when";
import { aimOf, MOST_LEADS, newId, Writing } from "../../src/dashboard/campaigns/writing.svelte";
import type { Campaign, CampaignPreview, CampaignPreviewRequest } from "../../src/dashboard/wire";
import { type Call, lead, open as openApp, SESSION, sdr, server } from "./support/office";

const ZONE = "America/Sao_Paulo";
const TEXT = "Hello {{first_name}}, this is {{sdr_first_name}}.";
const PREVIEW: CampaignPreview = {
  problems: [],
  variables: ["first_name", "sdr_first_name"],
  total: 3,
  willGet: 2,
  skipped: [{ reason: "no_consent", leads: 1 }],
  missing: [],
  previews: [
    {
      leadId: "1",
      leadName: "Ana Souza",
      sdrId: "john",
      text: "Hello Ana, this is John.",
      skipped: null,
      missing: null,
    },
    {
      leadId: "2",
      leadName: "Bia Lima",
      sdrId: "jane",
      text: "Hello Bia, this is Jane.",
      skipped: null,
      missing: null,
    },
    {
      leadId: "3",
      leadName: "Caio Reis",
      sdrId: "jane",
      text: "",
      skipped: "no_consent",
      missing: null,
    },
  ],
  firstMessages: 1,
};
const CAMPAIGN: Campaign = {
  id: "c-1",
  name: "Bakeries",
  text: TEXT,
  state: "running",
  createdAtMs: 1_000_000,
  createdBy: "Mia Tavares",
  startsAtMs: 1_000_000,
  total: 3,
  counts: {
    waiting: 2,
    queued: 0,
    sent: 0,
    delivered: 0,
    read: 0,
    failed: 0,
    review: 0,
    cancelled: 0,
    skipped: 1,
  },
  replied: 0,
  skipped: [{ reason: "no_consent", leads: 1 }],
};
const TEMPLATES = [
  { id: "t-1", name: "First", text: TEXT, variables: [], changedAtMs: 1, changedBy: "Mia" },
];

type Answers = Parameters<typeof server>[0];

function open(path = "/campaigns/new", answers: Answers = {}) {
  const opened = openApp("manager", path, {
    "GET /api/settings": {
      body: {
        timeZone: ZONE,
        hours: { mode: "always" },
        caps: { newLeads: null, unanswered: null },
        dailyMessages: 60,
        gapMs: 1,
        officeName: null,
        firstMessage: { required: false },
      },
    },
    "GET /api/templates": { body: { templates: TEMPLATES } },
    "GET /api/campaigns": { body: { campaigns: [], next: null } },
    "GET /api/campaigns/c-1": { body: CAMPAIGN },
    "GET /api/leads": { body: { leads: [lead("1"), lead("2")], next: null, total: 40 } },
    "GET /api/leads/1": { body: { lead: lead("1"), messages: [], replies: [] } },
    "POST /api/campaigns/preview": { body: PREVIEW },
    "POST /api/campaigns": { status: 201, body: CAMPAIGN },
    ...answers,
  });
  const asked = (what: string) =>
    opened.calls.filter(({ method, path: to }) => method === "POST" && to === what);
  return { ...opened, asked };
}

const click = (what: string) => fireEvent.click(screen.getByTestId(what));
const write = async (text: string) =>
  fireEvent.input(await screen.findByTestId("campaign-text"), { target: { value: text } });
const canSend = () =>
  waitFor(() =>
    expect((screen.getByTestId("write-send") as HTMLButtonElement).disabled).toBe(false),
  );

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("writing a campaign", () => {
  test("names the values that are missing, and what helps", async () => {
    const [ana] = PREVIEW.previews;
    const previews = [{ ...ana, text: "", skipped: "missing_variable", missing: "company" }];
    const skipped = [{ reason: "missing_variable", leads: 3 }];
    const missing = [
      { variable: "company", leads: 2 },
      { variable: "site", leads: 1 },
    ];
    open("/campaigns/new", {
      "POST /api/campaigns/preview": {
        body: { ...PREVIEW, willGet: 0, previews, skipped, missing },
      },
    });
    await write("Hi {{company}} {{site}}");
    expect((await screen.findByTestId("preview-skipped")).textContent).toContain(
      "No value for {{company}}. Say in the text what stands there instead, such as {{company|…}}.",
    );
    expect(screen.getByTestId("skipped-reasons").textContent).toContain(
      "No value for {{company}} for 2 leads, {{site}} for 1 lead",
    );
  });

  test("shows what each lead would get, how many get nothing, and why", async () => {
    const { asked } = open();
    await write(TEXT);
    expect((await screen.findByTestId("preview-text")).textContent).toBe(
      "Hello Ana, this is John.",
    );
    await click("preview-next");
    expect(screen.getByTestId("preview-lead").textContent).toBe("Bia Lima");
    await click("preview-next");
    expect(screen.getByTestId("preview-skipped").textContent).toContain("No consent is noted");
    expect(screen.queryByTestId("preview-text"), "an empty bubble would be a lie").toBeNull();
    await click("preview-before");
    expect(screen.getByTestId("preview-lead").textContent).toBe("Bia Lima");
    expect(screen.getByTestId("preview-sums").textContent).toContain("2 leads get it");
    expect(screen.getByTestId("preview-sums").textContent).toContain("1 of them hears");
    expect(screen.getByTestId("preview-skipped-line").textContent).toBe(
      "1 of 3 leads gets nothing",
    );
    expect(asked("/api/campaigns/preview").at(-1)?.body).toEqual({
      text: TEXT,
      to: { filter: { status: "new" } },
      sdrs: "owners",
      limit: 20,
    });
  });

  test("is made as the contract has it, after a question, and is then open", async () => {
    const { asked, dashboard } = open();
    await write(TEXT);
    await canSend();
    expect(screen.getByTestId("write-send").textContent).toContain("Send to 2 leads");
    await fireEvent.input(screen.getByTestId("campaign-title"), {
      target: { value: " Bakeries " },
    });
    await click("write-send");
    expect(screen.getByTestId("send-dialog").textContent).toContain("1 of 3 leads gets nothing");
    expect(asked("/api/campaigns"), "nothing was made yet").toHaveLength(0);
    await click("send-confirm");
    await screen.findByTestId("campaign-counts");
    expect(location.pathname).toBe("/campaigns/c-1");
    expect(asked("/api/campaigns")[0]?.body).toEqual({
      campaignId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: "Bakeries",
      text: TEXT,
      to: { filter: { status: "new" } },
      sdrs: "owners",
      startsAtMs: null,
      expected: 3,
    });
    expect(dashboard.announcement).toContain("“Bakeries” begins");
    expect(dashboard.router.hold, "nothing is to be lost any more").toBeNull();
  });

  test("a problem of the text is said beside it, and keeps it from being sent", async () => {
    const problem = "Line 1, column 7: there is no variable “firstname”.";
    open("/campaigns/new", {
      "POST /api/campaigns/preview": { body: { ...PREVIEW, problems: [problem], previews: [] } },
    });
    await write("Hello {{firstname}}");
    expect((await screen.findByTestId("campaign-text-problems")).textContent).toContain(problem);
    expect(screen.getByTestId("campaign-text").getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByTestId("write-lack").textContent).toBe("Put the text right first.");
    expect((screen.getByTestId("write-send") as HTMLButtonElement).disabled).toBe(true);
  });

  test("an answer about an older text does not count", async () => {
    const { asked } = open("/campaigns/new", {
      "POST /api/campaigns/preview": ({ body }: Call) => {
        const { text } = body as CampaignPreviewRequest;
        return { body: { ...PREVIEW, willGet: text.includes("again") ? 1 : 2 } };
      },
    });
    await write(TEXT);
    await canSend();
    await write(`${TEXT} again`);
    expect((screen.getByTestId("write-send") as HTMLButtonElement).disabled, "not known yet").toBe(
      true,
    );
    await canSend();
    expect(screen.getByTestId("write-send").textContent).toContain("1 lead");
    expect(asked("/api/campaigns/preview")).toHaveLength(2);
  });

  test("a variable is put where the cursor is, by keyboard", async () => {
    open();
    await write("Hello !");
    const field = screen.getByTestId("campaign-text") as HTMLTextAreaElement;
    field.setSelectionRange(6, 6);
    await click("variables");
    await waitFor(() =>
      expect(document.activeElement?.getAttribute("data-testid")).toBe("variable-first_name"),
    );
    await fireEvent.keyDown(document.activeElement ?? document.body, { key: "ArrowDown" });
    await click(document.activeElement?.getAttribute("data-testid") ?? "");
    expect(field.value).toBe("Hello {{name}}!");
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(field.selectionStart).toBe("Hello {{name}}".length);
  });

  test("begins with a template, and does not replace what was typed without asking", async () => {
    open();
    await screen.findByTestId("pick-template");
    await fireEvent.change(screen.getByTestId("pick-template"), { target: { value: "t-1" } });
    const field = screen.getByTestId("campaign-text") as HTMLTextAreaElement;
    expect(field.value).toBe(TEXT);
    await write("My own words");
    await fireEvent.change(screen.getByTestId("pick-template"), { target: { value: "t-1" } });
    expect(field.value).toBe("My own words");
    await click("discard-anyway");
    expect(field.value).toBe(TEXT);
  });

  test("several SDRs take leads of nobody in turn, at least one", async () => {
    const { asked } = open();
    await write(TEXT);
    await click("senders-turn");
    await click("sends-john");
    await canSend();
    expect(asked("/api/campaigns/preview").at(-1)?.body).toMatchObject({ sdrs: ["jane"] });
    await click("sends-jane");
    expect(screen.getByTestId("write-lack").textContent).toBe("Choose at least one SDR.");
  });

  test("begins at a time of the office’s clock", async () => {
    const { asked } = open();
    await write(TEXT);
    const mode = screen.getByTestId("start-later") as HTMLInputElement;
    await waitFor(() => expect(mode.disabled, "once its zone is known").toBe(false));
    await click("start-later");
    const year = new Date().getFullYear() + (new Date().getMonth() > 5 ? 1 : 0);
    await fireEvent.change(screen.getByTestId("start-date"), { target: { value: "2001-01-01" } });
    expect(screen.getByTestId("start-fault").textContent).toContain("has passed");
    await fireEvent.change(screen.getByTestId("start-date"), {
      target: { value: `${year}-05-20` },
    });
    await fireEvent.change(screen.getByTestId("start-time"), { target: { value: "10:30" } });
    await canSend();
    expect(screen.getByTestId("write-send").textContent).toContain("Schedule for 2 leads");
    await click("write-send");
    await click("send-confirm");
    await waitFor(() => expect(asked("/api/campaigns")).toHaveLength(1));
    expect(asked("/api/campaigns")[0]?.body).toMatchObject({
      startsAtMs: Date.UTC(year, 4, 20, 13, 30),
    });
  });

  test("repeated after no answer it has the same id; refused, the next try has another", async () => {
    let answer: "away" | "refuses" | "takes" = "away";
    const { asked } = open("/campaigns/new", {
      "POST /api/campaigns": () => {
        if (answer === "away") throw new TypeError("nobody answers");
        return answer === "refuses"
          ? { status: 400, body: { code: "bad_request", message: "Nobody would get it." } }
          : { status: 201, body: CAMPAIGN };
      },
    });
    await write(TEXT);
    await canSend();
    for (const next of ["away", "refuses", "takes"] as const) {
      answer = next;
      await click("write-send");
      await click("send-confirm");
      await waitFor(() => expect(screen.queryByTestId("send-dialog")).toBeNull());
      if (next !== "takes") {
        expect(await screen.findByTestId("write-problem")).toBeTruthy();
        expect((screen.getByTestId("campaign-text") as HTMLTextAreaElement).value).toBe(TEXT);
      }
    }
    const ids = asked("/api/campaigns").map(
      ({ body }) => (body as { campaignId: string }).campaignId,
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[1]);
  });

  test("the office without a name is told where a text wants it", async () => {
    open();
    await write("We are {{office}}");
    expect((await screen.findByTestId("campaign-text-problems")).textContent).toContain(
      "The office has no name yet",
    );
  });
});

describe("what was typed", () => {
  test("is not lost by a way out of the page, unless the person says so", async () => {
    open();
    await write("Hello");
    for (const leave of ["write-close", "nav-leads", "sign-out"]) {
      await click(leave);
      expect((await screen.findByTestId("discard-draft")).textContent).toContain("not kept");
      await click("go-on-writing");
      expect((screen.getByTestId("campaign-text") as HTMLTextAreaElement).value).toBe("Hello");
    }
    await click("nav-leads");
    await click("discard-anyway");
    await screen.findAllByTestId("lead");
    expect(location.pathname).toBe("/leads");
  });

  test("waits behind the sign-in when the session ends, and the preview goes on", async () => {
    let known = false;
    open("/campaigns/new", {
      "POST /api/session": { body: SESSION },
      "POST /api/campaigns/preview": () =>
        known
          ? { body: PREVIEW }
          : { status: 401, body: { code: "unauthorized", message: "Sign in first." } },
    });
    await write(TEXT);
    await screen.findByTestId("session-ended");
    known = true;
    await fireEvent.input(screen.getByTestId("password"), { target: { value: "secret" } });
    await click("sign-in");
    await waitFor(() => expect(screen.queryByTestId("session-ended")).toBeNull());
    expect((screen.getByTestId("campaign-text") as HTMLTextAreaElement).value).toBe(TEXT);
    await canSend();
  });
});

describe("whom it goes to", () => {
  test("those who were selected in the list, by name", async () => {
    const { asked } = open("/leads");
    await screen.findAllByTestId("lead");
    await click("select-loaded");
    await click("write-open");
    expect((await screen.findByTestId("recipients")).textContent).toContain(
      "2 leads that you selected",
    );
    await write(TEXT);
    await canSend();
    expect(asked("/api/campaigns/preview")[0]?.body).toMatchObject({ to: { leadIds: ["1", "2"] } });
  });

  test("one lead from their panel, without a second question", async () => {
    const { asked } = open("/leads/1");
    await fireEvent.click(await screen.findByTestId("panel-write"));
    await screen.findByText("Write to Lead 1");
    expect(screen.queryByTestId("campaign-title"), "one message needs no name").toBeNull();
    await write(TEXT);
    await canSend();
    await click("write-send");
    await waitFor(() => expect(asked("/api/campaigns")).toHaveLength(1));
    expect(asked("/api/campaigns")[0]?.body).toMatchObject({
      name: expect.stringMatching(/^To Lead 1, /),
      to: { leadIds: ["1"] },
    });
  });

  test("all that a filter finds, and no more than the server takes", async () => {
    open("/campaigns/new?search=ana", {
      "GET /api/leads": { body: { leads: [], next: null, total: MOST_LEADS + 1 } },
    });
    await waitFor(() =>
      expect(screen.getByTestId("matching").textContent).toContain("a campaign has at most 20,000"),
    );
    expect((screen.getByTestId("to-search") as HTMLInputElement).value).toBe("ana");
    expect(screen.getByTestId("write-lack").textContent).toContain("too many at once");
  });

  test("is read from the address", () => {
    const aim = (query: string, picked: string[] = []) => aimOf(new URLSearchParams(query), picked);
    expect(aim("lead=7", ["1"]).leadIds).toEqual(["7"]);
    expect(aim("", ["1", "2"]).leadIds).toEqual(["1", "2"]);
    expect(aim("").filter.status, "those who never heard of the office").toBe("new");
    expect(aim("search=&sdr=none&status=", ["1"])).toEqual({
      leadIds: [],
      filter: { search: "", sdrId: "none", status: "" },
    });
    expect(newId()).not.toBe(newId());
  });

  test("a text that came from a template as it is has nothing to lose", () => {
    const writing = new Writing(new Api(server({}).ask), aimOf(new URLSearchParams(), []), () => [
      "john",
    ]);
    writing.begin({
      id: "t",
      name: "First",
      text: TEXT,
      variables: [],
      changedAtMs: 1,
      changedBy: "",
    });
    expect(writing.dirty).toBe(false);
    expect(writing.suggested(null, "30 Nov")).toBe("First, 30 Nov");
    writing.text += "!";
    expect(writing.dirty).toBe(true);
  });
});

describe("the office’s clock", () => {
  test("says which moment a date and a time are, also where clocks change", () => {
    expect(momentOf(ZONE, { date: "2026-12-01", time: "09:00" })).toBe(Date.UTC(2026, 11, 1, 12));
    const lisbon = "Europe/Lisbon";
    expect(momentOf(lisbon, { date: "2026-03-29", time: "01:30" }), "clocks go forward").toBeNull();
    expect(momentOf(lisbon, { date: "2026-10-25", time: "01:30" }), "the first of two").toBe(
      Date.UTC(2026, 9, 25, 0, 30),
    );
    expect(momentOf("Not/AZone", { date: "2026-01-01", time: "00:00" })).toBe(Date.UTC(2026, 0, 1));
    expect(momentOf(ZONE, { date: "", time: "09:00" })).toBeNull();
  });

  test("goes there and back", () => {
    for (const zone of [ZONE, "Asia/Kathmandu", "Pacific/Apia", "America/New_York", "UTC"]) {
      for (const at of [0, 97, 181, 280, 340].map((day) => Date.UTC(2026, 0, 1 + day, 11, 17))) {
        expect(momentOf(zone, wallAt(zone, at)), zone).toBe(at);
      }
    }
  });

  test("refuses what the server would", () => {
    const now = Date.UTC(2026, 10, 30, 12);
    const fault = (date: string, time = "09:00") => whenFault(ZONE, { date, time }, now);
    expect(fault("2026-12-01")).toBeNull();
    expect(fault("2026-11-30")).toContain("passed");
    expect(fault("2028-01-01")).toContain("within a year");
    expect(fault("")).toContain("Choose a date");
    expect(firstWall(ZONE, now)).toEqual({ date: "2026-12-01", time: "09:00" });
    expect(momentWords(ZONE, Date.UTC(2026, 11, 1, 12))).toMatch(/Tue,? 1 Dec,? 09:00/);
  });
});

test("an SDR has no way to it", async () => {
  openApp("sdr", "/campaigns/new", { "GET /api/sdrs": { body: { sdrs: [sdr()] } } });
  await screen.findAllByTestId("sdr");
  expect(screen.queryByTestId("nav-campaigns")).toBeNull();
  expect(within(document.body).queryByTestId("write")).toBeNull();
});
