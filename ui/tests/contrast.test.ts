import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../src/lib/styles/tokens.css"), "utf8");
const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");

function tokens(source: string): Map<string, string> {
  return new Map(
    [...source.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]),
  );
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["ground", "ground-side", "ground-hover", "ground-chosen", "ground-sunken"];
const PAIRS: [string, string][] = [
  ...["text", "text-soft", "text-faint"].flatMap((ink) =>
    GROUNDS.map((ground): [string, string] => [ink, ground]),
  ),
  ...["ok", "busy", "wait", "bad", "off"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    ...GROUNDS.map((ground): [string, string] => [tone, ground]),
    ["text", `${tone}-soft`],
  ]),
  ["rehearsal", "rehearsal-soft"],
  ["accent-text", "accent"],
  ["accent-text", "accent-hover"],
  ["text", "accent-soft"],
  ["text-faint", "accent-soft"],
  ["ground", "bad"],
];

describe.each([
  ["light", tokens(light)],
  ["dark", tokens(dark)],
])("the %s theme", (_, theme) => {
  test.each(PAIRS)("%s on %s reaches 4.5 to 1", (ink, ground) => {
    const ratio = contrast(theme.get(ink) ?? "", theme.get(ground) ?? "");
    expect(
      ratio,
      `${ink} ${theme.get(ink)} on ${ground} ${theme.get(ground)}`,
    ).toBeGreaterThanOrEqual(4.5);
  });
});
