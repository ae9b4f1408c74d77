import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import { fieldWords, whereWords } from "../../src/dashboard/leads/words";
import type { LeadRow } from "../../src/dashboard/wire";
import { lead, open as openApp, type server } from "./support/office";

const BY_NUMBER = { timeZone: null, zones: ["America/Sao_Paulo"] };
const MANY = {
  timeZone: null,
  zones: ["America/Manaus", "America/Eirunepe", "America/Rio_Branco"],
};

function open(
  where: Partial<LeadRow>,
  answers: Parameters<typeof server>[0] = {},
  role: "sdr" | "manager" = "manager",
) {
  const one = { ...lead("1"), ...where };
  return openApp(role, "/leads/1", {
    "GET /api/leads": { body: { leads: [one], next: null, total: 1 } },
    "GET /api/leads/1": () => ({ body: { lead: one, messages: [], replies: [] } }),
    "PUT /api/leads/1/time-zone": ({ body }) => {
      const { timeZone } = body as { timeZone: string | null };
      Object.assign(one, { timeZone, zones: timeZone ? [timeZone] : BY_NUMBER.zones });
      return { status: 204 };
    },
    ...answers,
  });
}

const click = (what: string) => fireEvent.click(screen.getByTestId(what));

beforeEach(() => {
  history.replaceState(null, "", "/");
});

describe("where a lead is", () => {
  test("is said with why, and what that means where it may be several zones", async () => {
    open(MANY);
    const zone = await screen.findByTestId("lead-zone");
    expect(zone.textContent).toContain("America/Manaus, America/Eirunepe, America/Rio Branco");
    expect(zone.textContent).toContain("in all of them");
  });

  test("is written down by a manager, and goes by the number again", async () => {
    const { calls, dashboard } = open(BY_NUMBER);
    const puts = () => calls.filter(({ method }) => method === "PUT").map(({ body }) => body);
    expect((await screen.findByTestId("lead-zone")).textContent).toContain("By their number.");
    await click("lead-zone-change");
    const field = screen.getByTestId("lead-zone-field");
    await fireEvent.input(field, { target: { value: "lisb" } });
    await fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() =>
      expect(screen.getByTestId("lead-zone").textContent).toContain("Written down for this lead."),
    );
    expect(puts()).toEqual([{ timeZone: "Europe/Lisbon" }]);
    await click("lead-zone-change");
    await click("lead-zone-forget");
    await waitFor(() =>
      expect(screen.getByTestId("lead-zone").textContent).toContain("By their number."),
    );
    expect(puts()[1]).toEqual({ timeZone: null });
    expect(dashboard.announcement).toContain("by the number again");
  });

  test("a refusal is said where it was changed, and Escape keeps what is", async () => {
    open(BY_NUMBER, {
      "PUT /api/leads/1/time-zone": {
        status: 503,
        body: { code: "server_error", message: "Later." },
      },
    });
    await screen.findByTestId("lead-zone");
    await click("lead-zone-change");
    const field = screen.getByTestId("lead-zone-field");
    await fireEvent.input(field, { target: { value: "utc" } });
    await fireEvent.keyDown(field, { key: "Enter" });
    expect((await screen.findByTestId("lead-zone-problem")).textContent).toContain("Later.");
    await fireEvent.keyDown(field, { key: "Escape" });
    await waitFor(() => expect(screen.queryByTestId("lead-zone-field")).toBeNull());
    expect(screen.getByTestId("lead-panel"), "the lead stays open").toBeTruthy();
  });

  test("an SDR sees it and may not change it", async () => {
    open(BY_NUMBER, {}, "sdr");
    await screen.findByTestId("lead-zone");
    expect(screen.queryByTestId("lead-zone-change")).toBeNull();
  });

  test("is said in few words also where there are many zones", () => {
    const zones = ["a/A", "b/B", "c/C", "d/D", "e/E"];
    expect(whereWords({ ...lead("1"), timeZone: null, zones }).value).toBe("a/A, b/B, c/C, 2 more");
    expect(whereWords({ ...lead("1"), timeZone: null, zones: [] }).why).toContain("office’s own");
  });

  test("may come with a file of leads", () => {
    expect(fieldWords("time_zone")).toBe("Time zone");
  });
});
