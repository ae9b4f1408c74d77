import { describe, expect, test } from "vitest";
import { clock, count, initials, phone, timeLeft, timeOfDay } from "../src/lib/format";

describe("phone", () => {
  test.each([
    ["+5511960000001", "+55 11 96000-0001"],
    ["+551130000001", "+55 11 3000-0001"],
    ["+12125550100", "+1 212 555-0100"],
    ["+442079460958", "+44 207 946 0958"],
    ["+351912345678", "+351 912 34 5678"],
    ["not a number", "not a number"],
    ["", ""],
  ])("%s is written %s", (raw, written) => {
    expect(phone(raw)).toBe(written);
  });

  test("loses no digit of any length", () => {
    for (let length = 7; length <= 15; length++) {
      const raw = `+${"55219876543210987".slice(0, length)}`;
      expect(phone(raw).replace(/[ -]/g, ""), raw).toBe(raw);
    }
  });
});

describe("time left", () => {
  test.each([
    [0, "a few seconds"],
    [9_000, "a few seconds"],
    [31_000, "about 35 s"],
    [60_000, "about 1 min"],
    [3_540_000, "about 59 min"],
    [3_600_000, "about 1 h"],
    [7_800_000, "about 2 h 10 min"],
    [7_140_000, "about 2 h"],
  ])("%i ms is %s", (ms, written) => {
    expect(timeLeft(ms)).toBe(written);
  });
});

test("a time of another day carries its day", () => {
  const noon = new Date(2026, 10, 24, 12, 0, 0).getTime();
  expect(clock(noon, noon + 1000)).toBe("12:00:00");
  expect(clock(noon, noon + 86_400_000)).toBe("24 Nov, 12:00:00");
  expect(timeOfDay(noon)).toBe("12:00:00");
});

test("counts and initials read well", () => {
  expect(count(1, "message")).toBe("1 message");
  expect(count(1200, "message")).toBe("1,200 messages");
  expect(initials("John Almeida")).toBe("JA");
  expect(initials("maria da silva")).toBe("MS");
  expect(initials("  ")).toBe("?");
});
