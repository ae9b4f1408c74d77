/** A date and a time on the office's clock, and the moment they are. */
import { known } from "../settings/words";

const HOUR_MS = 3_600_000;
/** How far ahead a campaign may begin. */
export const MOST_AHEAD_MS = 366 * 24 * HOUR_MS;

/** What a clock and a calendar show there: as a date field and a time field have it. */
export type Wall = { date: string; time: string };

/** What they show at that moment. */
export function wallAt(zone: string, atMs: number): Wall {
  const shape = {
    timeZone: known(zone),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  } as const;
  const parts = new Intl.DateTimeFormat("en-GB", shape).formatToParts(atMs);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "00";
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}`,
  };
}

/** The moment at which they show this, the earlier where there are two; null where there is none, as when clocks go forward. */
export function momentOf(zone: string, { date, time }: Wall): number | null {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(asUtc)) return null;
  const offsetAt = (atMs: number) => {
    const there = wallAt(zone, atMs);
    return Date.parse(`${there.date}T${there.time}:00Z`) - Math.floor(atMs / 60_000) * 60_000;
  };
  const offsets = [offsetAt(asUtc - 24 * HOUR_MS), offsetAt(asUtc + 24 * HOUR_MS)];
  const found = offsets
    .map((offset) => asUtc - offset)
    .filter((atMs) => {
      const there = wallAt(zone, atMs);
      return there.date === date && there.time === time;
    });
  return found.length === 0 ? null : Math.min(...found);
}

/** Why a campaign cannot begin then; null where it can. */
export function whenFault(zone: string, wall: Wall, nowMs: number): string | null {
  if (wall.date === "" || wall.time === "") return "Choose a date and a time.";
  const atMs = momentOf(zone, wall);
  if (atMs === null) return "There is no such time on that day: the clocks go forward.";
  if (atMs <= nowMs) return "That moment has passed. Choose a later one, or begin now.";
  if (atMs - nowMs > MOST_AHEAD_MS) return "Choose a day within a year.";
  return null;
}

/** What is offered first: nine in the morning of the next day. */
export function firstWall(zone: string, nowMs: number): Wall {
  return { date: wallAt(zone, nowMs + 24 * HOUR_MS).date, time: "09:00" };
}

/** `Tue, 1 Dec, 09:00`, on the clock of that zone. */
export function momentWords(zone: string, atMs: number): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: known(zone),
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(atMs);
}
