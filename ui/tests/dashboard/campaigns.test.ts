import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import {
  COUNTS,
  campaignWords,
  countWords,
  mayCancel,
  progressLine,
  progressOf,
  skippedLine,
  skipWords,
} from "../../src/dashboard/campaigns/words";
import type { Campaign, CampaignState, MessageRow, SkipReason } from "../../src/dashboard/wire";
import { open as openApp, type server } from "./support/office";

const CAMPAIGN: Campaign = {
  id: "c-1",
  name: "Bakeries",
  text: "Hello {{first_name}}",
  state: "running",
  createdAtMs: 1_000_000,
  createdBy: "Mia Tavares",
  startsAtMs: 1_000_000,
  total: 30,
  counts: {
    waiting: 4,
    queued: 6,
    sent: 3,
    delivered: 5,
    read: 7,
    failed: 1,
    review: 1,
    cancelled: 0,
    skipped: 3,
  },
  replied: 2,
  skipped: [{ reason: "opted_out", leads: 3 }],
};
const CANCELLED: Campaign = {
  ...CAMPAIGN,
  state: "cancelled",
  counts: { ...CAMPAIGN.counts, waiting: 0, queued: 0, cancelled: 10 },
};
const MESSAGE = {
  seq: 1,
  messageId: "m-1",
  sdrId: "john",
  leadId: "1",
  leadName: "Ana",
  phone: "+5511960000001",
  text: "Hello Ana",
  state: "sent",
  generation: 0,
  attempts: 1,
  desktopId: null,
  problem: null,
  createdAtMs: 1,
  sentAtMs: 2,
  events: [],
  replies: [],
  campaignId: "c-1",
} satisfies MessageRow;

function open(path: string, answers: Parameters<typeof server>[0] = {}) {
  return openApp("manager", path, {
    "GET /api/settings": { body: { timeZone: "UTC" } },
    "GET /api/campaigns": { body: { campaigns: [CAMPAIGN], next: null } },
    "GET /api/campaigns/c-1": { body: CAMPAIGN },
    "GET /api/messages": { body: { messages: [MESSAGE], next: null } },
    "GET /api/messages/m-1": { body: MESSAGE },
    ...answers,
  });
}

const click = (what: string) => fireEvent.click(screen.getByTestId(what));

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("the campaigns page", () => {
  test("says in words how each stands, beside its bar", async () => {
    open("/campaigns");
    const row = await screen.findByTestId("campaign");
    for (const said of [
      "Bakeries",
      "Running",
      "15 of 27 sent · 2 answered · 1 failed · 1 to decide",
    ])
      expect(row.textContent).toContain(said);
    const bar = screen.getByTestId("campaign-bar");
    expect(bar.getAttribute("aria-valuenow")).toBe("15");
    expect(bar.getAttribute("aria-valuetext")).toContain("15 of 27 sent");
  });

  test("without one says what they are, and begins the first", async () => {
    open("/campaigns", {
      "GET /api/campaigns": { body: { campaigns: [], next: null } },
      "GET /api/templates": { body: { templates: [] } },
      "GET /api/leads": { body: { leads: [], next: null, total: 0 } },
    });
    await fireEvent.click(await screen.findByTestId("campaign-first"));
    await screen.findByTestId("write");
    expect(location.pathname).toBe("/campaigns/new");
  });

  test("one that is open shows its leads by how they stand, and why some get nothing", async () => {
    open("/campaigns/c-1");
    const counts = await screen.findByTestId("campaign-counts");
    expect(counts.textContent?.replace(/\s+/g, " ")).toMatch(
      /Not queued yet ?4.*Queued ?6.*Sent ?3.*Read ?7.*Get nothing ?3.*Answered ?2/,
    );
    expect(counts.textContent, "what is none is left out").not.toContain("Cancelled");
    expect(screen.getByTestId("skipped-reasons").textContent).toContain("Do not want messages");
  });

  test("is cancelled after a question that says what still leaves", async () => {
    let cancelled = false;
    const { calls, dashboard } = open("/campaigns/c-1", {
      "GET /api/campaigns/c-1": () => ({ body: cancelled ? CANCELLED : CAMPAIGN }),
      "POST /api/campaigns/c-1/cancel": () => {
        cancelled = true;
        return { body: CANCELLED };
      },
    });
    await screen.findByTestId("campaign-counts");
    await click("campaign-cancel");
    const question = screen.getByTestId("campaign-cancel-dialog").textContent;
    expect(question).toContain("10 messages that wait are withdrawn");
    expect(question).toContain("15 messages that left cannot be taken back");
    expect(calls.some(({ method }) => method === "POST")).toBe(false);
    await click("campaign-cancel-confirm");
    await waitFor(() =>
      expect(screen.getByTestId("campaign-progress").textContent).toContain("10 withdrawn"),
    );
    expect(dashboard.announcement).toBe("“Bakeries” is cancelled.");
    expect(screen.queryByTestId("campaign-cancel"), "there is nothing left to cancel").toBeNull();
  });

  test("a refusal to cancel is said in its panel", async () => {
    open("/campaigns/c-1", {
      "POST /api/campaigns/c-1/cancel": {
        status: 503,
        body: { code: "server_error", message: "Later." },
      },
    });
    await screen.findByTestId("campaign-counts");
    await click("campaign-cancel");
    await click("campaign-cancel-confirm");
    expect((await screen.findByTestId("campaign-refused")).textContent).toContain("Later.");
  });

  test("leads to its messages, and each of these back to it", async () => {
    const { calls } = open("/campaigns/c-1");
    await screen.findByTestId("campaign-counts");
    await click("campaign-messages");
    await screen.findByTestId("message");
    expect(location.search).toBe("?campaign=c-1");
    const asked = calls.filter(({ path }) => path.startsWith("/api/messages?"));
    expect(asked.at(-1)?.path).toContain("campaignId=c-1");
    await waitFor(() =>
      expect(screen.getByTestId("campaign-chip").textContent).toContain("Bakeries"),
    );
    await fireEvent.click(screen.getByTestId("message"));
    await screen.findByTestId("of-campaign");
    await waitFor(() =>
      expect(screen.getByTestId("of-campaign").textContent).toContain("Bakeries"),
    );
    await click("campaign-chip-clear");
    await waitFor(() => expect(screen.queryByTestId("campaign-chip")).toBeNull());
    expect(location.search).toBe("");
    await click("to-campaign");
    expect(location.pathname).toBe("/campaigns/c-1");
  });
});

describe("words of campaigns", () => {
  test("every state, count and reason has words of its own", () => {
    const states: CampaignState[] = ["scheduled", "running", "done", "cancelled"];
    expect(new Set(states.map((state) => campaignWords(state).label)).size).toBe(4);
    expect(new Set(COUNTS.map((one) => countWords(one).label)).size).toBe(COUNTS.length);
    const reasons: SkipReason[] = [
      "nobody",
      "opted_out",
      "no_consent",
      "missing_variable",
      "too_long",
      "not_named",
    ];
    expect(new Set(reasons.map((reason) => skipWords(reason).label)).size).toBe(reasons.length);
    expect(skipWords("of_later" as SkipReason).label).toBe("of later");
  });

  test("the progress is of those who are to get it", () => {
    expect(progressOf(CAMPAIGN)).toEqual({ left: 15, all: 27 });
    expect(progressLine({ ...CAMPAIGN, state: "scheduled" })).toMatch(
      /^27 leads to write to .* 3 get nothing$/,
    );
    expect(mayCancel(CAMPAIGN)).toBe(true);
    expect(mayCancel(CANCELLED)).toBe(false);
    expect(skippedLine(CAMPAIGN.skipped, 30)).toBe("3 of 30 leads get nothing");
    expect(skippedLine([], 30)).toBe("");
  });
});
