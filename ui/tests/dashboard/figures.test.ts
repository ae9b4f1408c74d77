import { describe, expect, test } from "vitest";
import { axisTop, lastDay, perDay, perSdr, share } from "../../src/dashboard/figures/series";
import type { DayFigures, Figures } from "../../src/dashboard/wire";

const day = (on: string, sdrId: string, sent: number): DayFigures => ({
  day: on,
  sdrId,
  sent,
  delivered: sent - 1,
  read: 1,
  replied: 0,
  failed: 2,
});
const figures: Figures = {
  days: [day("2026-11-27", "john", 4), day("2026-11-29", "john", 5), day("2026-11-29", "jane", 7)],
  funnel: { queued: 20, sent: 16, delivered: 13, read: 3, replied: 0 },
  failures: [],
};

describe("figures", () => {
  test("a day is the sum of its SDRs, and a day without anything is there as nothing", () => {
    const days = perDay(figures, 3, "2026-11-29");
    expect(days.map(({ day: on, sent, failed }) => [on, sent, failed])).toEqual([
      ["2026-11-27", 4, 2],
      ["2026-11-28", 0, 0],
      ["2026-11-29", 12, 4],
    ]);
  });

  test("days go over the end of months and years", () => {
    const days = perDay({ ...figures, days: [] }, 3, "2027-01-01").map(({ day: on }) => on);
    expect(days).toEqual(["2026-12-30", "2026-12-31", "2027-01-01"]);
  });

  test("the office may be a day ahead of this browser, never behind it", () => {
    const noon = new Date(2026, 10, 28, 12).getTime();
    expect(lastDay(figures, noon)).toBe("2026-11-29");
    expect(lastDay({ ...figures, days: [] }, noon)).toBe("2026-11-28");
  });

  test("SDRs stand by what they sent", () => {
    expect(perSdr(figures).map(({ sdrId, sent }) => [sdrId, sent])).toEqual([
      ["john", 9],
      ["jane", 7],
    ]);
  });

  test("an axis ends above the highest day, on a round number", () => {
    expect([0, 3, 7, 12, 60, 99, 100, 101, 5_400].map(axisTop)).toEqual([
      4, 4, 10, 20, 100, 100, 100, 200, 10_000,
    ]);
  });

  test("of nothing there is no share", () => {
    expect(share(1, 3)).toBe("33%");
    expect(share(0, 0)).toBe("–");
  });
});
