/** What the charts draw, from the server's figures and nothing else. */
import type { DayFigures, Figures } from "../wire";

/** The lines of the chart, from wide to narrow. */
export const SERIES = ["sent", "delivered", "read", "replied"] as const;
export type Series = (typeof SERIES)[number];

/** One day of all SDRs, or of the one who was asked for. */
export type Day = { day: string; failed: number } & Record<Series, number>;

/** One SDR over all days. */
export type SdrSum = { sdrId: string; failed: number } & Record<Series, number>;

const NOTHING = { sent: 0, delivered: 0, read: 0, replied: 0, failed: 0 };

function plus<T extends typeof NOTHING>(sum: T, row: DayFigures): T {
  return {
    ...sum,
    sent: sum.sent + row.sent,
    delivered: sum.delivered + row.delivered,
    read: sum.read + row.read,
    replied: sum.replied + row.replied,
    failed: sum.failed + row.failed,
  };
}

/** The last `count` days up to `last`, also those on which nothing happened. */
export function perDay(figures: Figures, count: number, last: string): Day[] {
  const sums = new Map<string, Day>();
  for (const day of daysUpTo(last, count)) sums.set(day, { day, ...NOTHING });
  for (const row of figures.days) {
    const sum = sums.get(row.day);
    if (sum) sums.set(row.day, plus(sum, row));
  }
  return [...sums.values()];
}

function daysUpTo(last: string, count: number): string[] {
  const end = Date.parse(`${last}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(end - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10),
  );
}

/** The last day there are figures of, or this browser's day: the later one. */
export function lastDay(figures: Figures, nowMs: number): string {
  const now = new Date(nowMs);
  const pad = (n: number) => String(n).padStart(2, "0");
  const today = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  return [today, ...figures.days.map(({ day }) => day)].sort().at(-1) ?? today;
}

/** Each SDR's sum, the busiest first. */
export function perSdr(figures: Figures): SdrSum[] {
  const sums = new Map<string, SdrSum>();
  for (const row of figures.days) {
    const sum = sums.get(row.sdrId) ?? { sdrId: row.sdrId, ...NOTHING };
    sums.set(row.sdrId, plus(sum, row));
  }
  return [...sums.values()].sort((a, b) => b.sent - a.sent);
}

/** The top of an axis: the next 1, 2 or 5 with noughts, so that its steps are whole. */
export function axisTop(most: number): number {
  if (most <= 4) return 4;
  const ten = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((one) => one * ten >= most) ?? 10;
  return step * ten;
}

/** `63%`, and a dash of nothing. */
export function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)}%` : "–";
}

/** The name of a line. */
export function seriesLabel(series: Series): string {
  switch (series) {
    case "sent":
      return "Sent";
    case "delivered":
      return "Delivered";
    case "read":
      return "Read";
    case "replied":
      return "Replied";
  }
}
