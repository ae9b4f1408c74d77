import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import App from "../../src/dashboard/App.svelte";
import { Api } from "../../src/dashboard/api";
import { Dashboard } from "../../src/dashboard/dashboard.svelte";
import { Live } from "../../src/dashboard/live.svelte";
import { changesOf, draftOf, faultsOf, rebased, rulesOf } from "../../src/dashboard/settings/draft";
import { dateWords, hoursWords, todayIn, zonesLike } from "../../src/dashboard/settings/words";
import type { OfficeRules } from "../../src/dashboard/wire";
import { FakeSource, SESSION, sdr, server } from "./support/office";

const RULES: OfficeRules = {
  timeZone: "America/Sao_Paulo",
  hours: {
    mode: "weekly",
    days: ["mon", "tue", "wed", "thu", "fri"],
    fromMin: 540,
    toMin: 1_080,
    holidays: ["2020-12-25", "2999-01-01"],
  },
  caps: { newLeads: 20, unanswered: 2 },
  dailyMessages: 60,
  gapMs: 45_000,
  officeName: "Almar",
  retentionDays: null,
  firstMessage: { required: false },
};
const ALWAYS: OfficeRules = { ...RULES, hours: { mode: "always" } };

type Answers = Parameters<typeof server>[0];

function open(role: "sdr" | "manager" | "admin", answers: Answers = {}, path = "/settings") {
  history.replaceState(null, "", path);
  const { ask, calls } = server({
    "GET /api/session": { body: { ...SESSION, person: { ...SESSION.person, role } } },
    "GET /api/sdrs": { body: { sdrs: [sdr()] } },
    "GET /api/audit": { body: { entries: [], next: null } },
    "GET /api/settings": { body: RULES },
    "PUT /api/settings": ({ body }) => ({ body }),
    ...answers,
  });
  const source = new FakeSource();
  const dashboard = new Dashboard(new Api(ask), new Live(() => source));
  render(App, { dashboard });
  const puts = () => calls.filter(({ method }) => method === "PUT");
  return { dashboard, source, puts };
}

const type = (field: string, value: string) =>
  fireEvent.input(screen.getByTestId(field), { target: { value } });
const click = (what: string) => fireEvent.click(screen.getByTestId(what));
const ctrlS = () =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "s", ctrlKey: true });
const shows = (field: string) => (screen.getByTestId(field) as HTMLInputElement).value;
const nothingToSave = () => expect(screen.queryByTestId("save-bar")).toBeNull();

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("the settings page", () => {
  test("shows an admin the rules as they are kept, with nothing to save", async () => {
    open("admin");
    await screen.findByTestId("settings");
    const fields = ["timeZone", "from", "to", "newLeads", "dailyMessages", "gapSeconds"];
    expect(fields.map(shows)).toEqual(["America/Sao Paulo", "09:00", "18:00", "20", "60", "45"]);
    expect(screen.getByTestId("day-fri").getAttribute("aria-pressed")).toBe("true");
    expect(screen.getByTestId("day-sat").getAttribute("aria-pressed")).toBe("false");
    expect(screen.getByTestId("section-hours").textContent).toContain(
      "a message leaves only when it is within these hours wherever the lead may be",
    );
    nothingToSave();
  });

  test("says what differs from what is kept, and saves exactly what the API takes", async () => {
    const { dashboard, puts } = open("admin");
    await screen.findByTestId("settings");
    await click("day-sat");
    await type("to", "00:00");
    await type("newLeads", "");
    await type("gapSeconds", "1,5");
    expect(screen.getByTestId("changes").textContent).toBe("3 changes");
    expect(screen.getByTestId("was-hours").textContent).toContain("Monday to Friday, 09:00–18:00");
    expect(screen.getByTestId("was-newLeads").textContent).toContain("20");
    await click("save");
    expect((await screen.findByTestId("saved")).textContent).toMatch(/Saved at \d\d:\d\d/);
    nothingToSave();
    expect(dashboard.announcement).toBe("The settings are saved.");
    expect(puts().map(({ csrf }) => csrf)).toEqual(["c5rf"]);
    expect(puts()[0]?.body).toEqual({
      timeZone: "America/Sao_Paulo",
      hours: {
        mode: "weekly",
        days: ["mon", "tue", "wed", "thu", "fri", "sat"],
        fromMin: 540,
        toMin: 1_440,
        holidays: ["2020-12-25", "2999-01-01"],
      },
      caps: { newLeads: null, unanswered: 2 },
      dailyMessages: 60,
      gapMs: 1_500,
      officeName: "Almar",
      firstMessage: { required: false },
      retentionDays: null,
    });
  });

  test("texts are kept for a number of days, or for good", async () => {
    const { puts } = open("admin");
    await screen.findByTestId("settings");
    for (const typed of ["0", "9999", "ten"]) {
      await type("retentionDays", typed);
      await click("save");
      expect(screen.getByTestId("fault-retentionDays").textContent).toContain("3,650");
    }
    await type("retentionDays", "90");
    expect(screen.getByTestId("was-retentionDays").textContent).toContain("For good");
    await click("save");
    await screen.findByTestId("saved");
    expect(puts().at(-1)?.body).toMatchObject({ retentionDays: 90 });
  });

  test("a first message that must name the office needs the office’s name", async () => {
    const { puts } = open("admin");
    await screen.findByTestId("settings");
    await type("officeName", " ");
    await click("firstMessage");
    expect(screen.getByTestId("was-officeName").textContent).toContain("Almar");
    expect(screen.getByTestId("was-firstMessage").textContent).toContain("any text");
    await click("save");
    expect(screen.getByTestId("fault-officeName").textContent).toContain("could never leave");
    expect(document.activeElement).toBe(screen.getByTestId("officeName"));
    expect(puts()).toHaveLength(0);
    await type("officeName", " Almar & Co. ");
    await click("save");
    await screen.findByTestId("saved");
    expect(puts()[0]?.body).toMatchObject({
      officeName: "Almar & Co.",
      firstMessage: { required: true },
    });
  });

  test("an office without a name says so, and none is sent as none", async () => {
    const { puts } = open("admin", {
      "GET /api/settings": { body: { ...RULES, officeName: null } },
    });
    await screen.findByTestId("settings");
    expect(shows("officeName")).toBe("");
    await type("unanswered", "3");
    await click("save");
    await screen.findByTestId("saved");
    expect(puts()[0]?.body).toMatchObject({ officeName: null });
  });

  test("edits that come back to what is kept are none", async () => {
    open("admin");
    await screen.findByTestId("settings");
    await type("unanswered", "3");
    expect(screen.getByTestId("changes").textContent).toBe("1 change");
    await type("unanswered", "2");
    nothingToSave();
    await click("day-mon");
    await click("discard");
    expect(screen.getByTestId("day-mon").getAttribute("aria-pressed")).toBe("true");
  });

  test("the time zone is searched and chosen by keyboard", async () => {
    const { puts } = open("admin");
    const field = await screen.findByTestId("timeZone");
    await type("timeZone", "new york");
    const found = within(screen.getByRole("listbox")).getAllByRole("option");
    expect(found.map(({ textContent }) => textContent)[0]).toContain("America/New York");
    await fireEvent.keyDown(field, { key: "Enter" });
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(shows("timeZone")).toBe("America/New York");
    await type("timeZone", "nowhere at all");
    expect(screen.getByText(/No time zone matches/)).toBeTruthy();
    await fireEvent.keyDown(field, { key: "Escape" });
    expect(shows("timeZone"), "what was chosen stays").toBe("America/New York");
    await ctrlS();
    await screen.findByTestId("saved");
    expect(puts()[0]?.body).toEqual({ ...RULES, timeZone: "America/New_York" });
  });

  test("holidays are added in their place, once each, and taken out again", async () => {
    const { puts } = open("admin");
    await screen.findByTestId("settings");
    const dates = () => screen.queryAllByTestId("holiday").map((row) => row.dataset.date);
    expect(screen.getAllByTestId("holiday").map(({ className }) => /past/.test(className))).toEqual(
      [true, false],
    );
    await click("holiday-add");
    expect(screen.getByTestId("holiday-fault").textContent).toContain("Choose a date");
    await type("holiday-date", "2998-05-01");
    await click("holiday-add");
    expect(dates()).toEqual(["2020-12-25", "2998-05-01", "2999-01-01"]);
    await type("holiday-date", "2998-05-01");
    await click("holiday-add");
    expect(screen.getByTestId("holiday-fault").textContent).toContain("in the list already");
    await fireEvent.click(screen.getAllByTestId("holiday-remove")[0] as HTMLElement);
    expect(screen.getByTestId("holiday-gone").textContent).toContain("2020");
    expect(screen.getByTestId("changes").textContent).toBe("1 change");
    await click("save");
    await screen.findByTestId("saved");
    expect(puts()[0]?.body).toMatchObject({
      hours: { holidays: ["2998-05-01", "2999-01-01"] },
    });
  });

  test("at any hour has no days and no holidays, and says what is forgotten", async () => {
    const { puts } = open("admin");
    await screen.findByTestId("settings");
    await click("mode-always");
    expect(screen.getByTestId("forgets").textContent).toContain("forgotten");
    expect(screen.queryByTestId("section-holidays")).toBeNull();
    await click("save");
    await screen.findByTestId("saved");
    expect(puts()[0]?.body).toEqual(ALWAYS);
  });

  test("what would be refused is said beside its field, and not sent", async () => {
    const { puts } = open("admin");
    await screen.findByTestId("settings");
    await type("dailyMessages", "many");
    expect(screen.queryByTestId("fault-dailyMessages"), "not while it is typed").toBeNull();
    await type("to", "08:00");
    await click("save");
    expect(screen.getByTestId("fault-dailyMessages").textContent).toContain("whole number");
    expect(screen.getByTestId("fault-times").textContent).toContain("later than the beginning");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("from")));
    for (const day of ["mon", "tue", "wed", "thu", "fri"]) await click(`day-${day}`);
    expect(screen.getByTestId("fault-days").textContent).toContain("at least one day");
    expect(screen.queryByTestId("fault-times")).toBeNull();
    await ctrlS();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("day-mon")));
    expect(puts()).toHaveLength(0);
  });

  test("a refused save keeps the edits and says why; the next one goes through", async () => {
    let refuse = true;
    open("admin", {
      "PUT /api/settings": ({ body }) =>
        refuse ? { status: 503, body: { code: "server_error", message: "Later." } } : { body },
    });
    await screen.findByTestId("settings");
    await type("dailyMessages", "80");
    await ctrlS();
    expect((await screen.findByTestId("settings-problem")).textContent).toContain("Later.");
    expect(shows("dailyMessages")).toBe("80");
    refuse = false;
    await ctrlS();
    await screen.findByTestId("saved");
    expect(screen.queryByTestId("settings-problem")).toBeNull();
  });

  test("a change by somebody else is taken over, except where one edits", async () => {
    let kept = RULES;
    const { source } = open("admin", { "GET /api/settings": () => ({ body: kept }) });
    await screen.findByTestId("settings");
    await type("dailyMessages", "80");
    kept = { ...RULES, dailyMessages: 70, gapMs: 60_000 };
    source.tell("queue", { id: null });
    await waitFor(() => expect(shows("gapSeconds")).toBe("60"));
    expect(shows("dailyMessages")).toBe("80");
    expect(screen.getByTestId("was-dailyMessages").textContent).toContain("70");
    expect(screen.getByTestId("changes").textContent).toBe("1 change");
  });

  test("leaving with unsaved changes asks first, by the menu, by keys and by the browser", async () => {
    open("admin");
    await screen.findByTestId("settings");
    await type("newLeads", "5");
    const unload = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(unload);
    expect(unload.defaultPrevented, "the browser warns").toBe(true);
    await click("nav-audit");
    expect(screen.getByTestId("leave").textContent).toContain("1 change would be lost");
    await click("stay");
    await fireEvent.keyDown(document.body, { key: "g" });
    await fireEvent.keyDown(document.body, { key: "a" });
    await click("stay");
    expect(location.pathname).toBe("/settings");
    expect(shows("newLeads"), "nothing is lost").toBe("5");
    await click("sign-out");
    await click("stay");
    history.replaceState(null, "", "/audit");
    dispatchEvent(new PopStateEvent("popstate"));
    await screen.findByTestId("leave");
    expect(location.pathname).toBe("/settings");
    await click("leave-anyway");
    await waitFor(() => expect(location.pathname).toBe("/audit"));
    await waitFor(() => expect(screen.queryByTestId("settings")).toBeNull());
    await click("nav-sdrs");
    await screen.findByTestId("sdr");
    expect(screen.queryByTestId("leave"), "nothing holds any more").toBeNull();
  });

  test("that cannot be read says so, and reads again", async () => {
    let down = true;
    open("admin", {
      "GET /api/settings": () =>
        down ? { status: 503, body: { code: "server_error", message: "Down." } } : { body: RULES },
    });
    expect((await screen.findByTestId("trouble")).textContent).toContain("Down.");
    down = false;
    await click("try-again");
    await screen.findByTestId("settings");
    expect(screen.queryByTestId("trouble")).toBeNull();
  });
});

describe("who may", () => {
  test("a manager reads the rules, has nothing to edit, and is told who may", async () => {
    const { puts } = open("manager");
    const page = await screen.findByTestId("settings");
    expect(screen.getByTestId("read-only").textContent).toContain("An admin changes them");
    expect(page.querySelectorAll("input, button, select")).toHaveLength(0);
    expect(screen.getByTestId("hours").textContent).toBe("Monday to Friday, 09:00–18:00");
    expect(screen.getByTestId("newLeads").textContent).toBe("20");
    expect(page.textContent).toContain("2999");
    await ctrlS();
    expect(puts()).toHaveLength(0);
  });

  test("g and t open it for managers; an SDR has neither entry, key nor page", async () => {
    open("manager", {}, "/sdrs");
    await screen.findByTestId("sdr");
    expect(screen.getByTestId("nav-settings")).toBeTruthy();
    await fireEvent.keyDown(document.body, { key: "g" });
    await fireEvent.keyDown(document.body, { key: "t" });
    await screen.findByTestId("settings");
  });

  test("an SDR who opens its address sees the SDRs", async () => {
    open("sdr");
    await screen.findByTestId("sdr");
    expect(screen.queryByTestId("nav-settings")).toBeNull();
    expect(screen.getByTestId("nav-sdrs").getAttribute("aria-current")).toBe("page");
    await fireEvent.keyDown(document.body, { key: "g" });
    await fireEvent.keyDown(document.body, { key: "t" });
    expect(screen.queryByTestId("settings")).toBeNull();
  });
});

describe("a draft", () => {
  test("says of every rule what the server has, and back", () => {
    for (const rules of [RULES, ALWAYS, { ...RULES, caps: { newLeads: null, unanswered: 0 } }]) {
      expect(rulesOf(draftOf(rules))).toEqual(rules);
      expect(faultsOf(draftOf(rules))).toEqual({});
      expect(changesOf(draftOf(rules), draftOf(rules))).toEqual([]);
    }
  });

  test("has the faults that the server would refuse", () => {
    const draft = draftOf(RULES);
    const faulty = (change: Partial<typeof draft>) =>
      Object.keys(faultsOf({ ...draft, ...change }));
    expect(faulty({ days: [] })).toEqual(["hours"]);
    expect(faulty({ from: "18:00" })).toEqual(["hours"]);
    expect(faulty({ from: "" })).toEqual(["hours"]);
    expect(faulty({ always: true, days: [] }), "nobody asks then").toEqual([]);
    expect(faulty({ newLeads: "-1", unanswered: "2.5" })).toEqual(["newLeads", "unanswered"]);
    expect(faulty({ dailyMessages: "" }), "this has no “no limit”").toEqual(["dailyMessages"]);
    expect(faulty({ dailyMessages: "100001" })).toEqual(["dailyMessages"]);
    expect(faulty({ gapSeconds: "3600" })).toEqual([]);
    expect(faulty({ gapSeconds: "3601" })).toEqual(["gapSeconds"]);
    expect(faulty({ gapSeconds: "" })).toEqual(["gapSeconds"]);
    expect(faulty({ officeName: "–!" })).toEqual(["officeName"]);
    expect(faulty({ officeName: "" })).toEqual([]);
  });

  test("keeps what was edited when what is kept changes under it", () => {
    const was = draftOf(RULES);
    const now = draftOf({ ...RULES, timeZone: "UTC", dailyMessages: 70 });
    const edited = { ...was, dailyMessages: "80", days: was.days.slice(1) };
    expect(rebased(was, edited, now)).toEqual({ ...edited, timeZone: "UTC" });
  });

  test("is said in words", () => {
    const draft = draftOf(RULES);
    expect(hoursWords({ ...draft, days: ["mon", "wed"] })).toBe("Monday, Wednesday, 09:00–18:00");
    expect(hoursWords({ ...draft, to: "00:00" })).toBe("Monday to Friday, 09:00–midnight");
    expect(hoursWords({ ...draft, always: true })).toBe("At any hour");
    const zones = ["America/Indianapolis", "Europe/Lisbon", "UTC"];
    expect(zonesLike(zones, "UTC", "LIS"), "beginnings first").toEqual([
      "Europe/Lisbon",
      "America/Indianapolis",
    ]);
    expect(zonesLike(zones, "UTC", "")[0], "the chosen one is in sight").toBe("UTC");
    expect(zonesLike(zones, "America/Sao_Paulo", "são paulo")).toEqual(["America/Sao_Paulo"]);
    expect(dateWords("2026-12-25", "en-GB")).toBe("Fri, 25 December 2026");
    const newYear = Date.UTC(2026, 11, 31, 23);
    expect(todayIn("Asia/Tokyo", newYear), "by the office’s own day").toBe("2027-01-01");
    expect(todayIn("America/Sao_Paulo", newYear)).toBe("2026-12-31");
    expect(todayIn("Not/AZone", newYear), "as UTC").toBe("2026-12-31");
  });
});
