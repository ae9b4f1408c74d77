/** What is said of the office's rules. */
import { fold, matches } from "../../lib/fold";
import { count } from "../../lib/format";
import type { Weekday } from "../wire";
import type { Draft, Item } from "./draft";
import { WEEK } from "./draft";

const DAYS: Record<Weekday, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

export function dayWords(day: Weekday): string {
  return DAYS[day];
}

/** How an item is called. */
export function itemWords(item: Item): string {
  switch (item) {
    case "timeZone":
      return "Time zone";
    case "hours":
      return "Sending hours";
    case "holidays":
      return "Holidays";
    case "newLeads":
      return "New leads a day, per SDR";
    case "dailyMessages":
      return "Messages a day, per SDR";
    case "gapSeconds":
      return "Seconds between two messages";
    case "unanswered":
      return "Unanswered messages to a lead";
    case "officeName":
      return "Name of the office";
    case "firstMessage":
      return "First message";
    case "retentionDays":
      return "Days that texts are kept";
  }
}

function daysWords(days: readonly Weekday[]): string {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return "no day";
  if (days.length === WEEK.length) return "every day";
  const inARow = WEEK.indexOf(last) - WEEK.indexOf(first) + 1 === days.length;
  if (days.length > 2 && inARow) return `${DAYS[first]} to ${DAYS[last]}`;
  return days.map((day) => (days.length > 3 ? DAYS[day].slice(0, 3) : DAYS[day])).join(", ");
}

/** `Monday to Friday, 09:00–18:00`. */
export function hoursWords({ always, days, from, to }: Draft): string {
  if (always) return "At any hour";
  const all = `${daysWords(days)}, ${from}–${to === "00:00" ? "midnight" : to}`;
  return all.charAt(0).toUpperCase() + all.slice(1);
}

const limit = (typed: string) => (typed === "" ? "No limit" : Number(typed).toLocaleString("en"));

/** What an item says, in few words. */
export function valueWords(item: Item, draft: Draft): string {
  switch (item) {
    case "timeZone":
      return zoneWords(draft.timeZone);
    case "hours":
      return hoursWords(draft);
    case "holidays":
      return draft.always || draft.holidays.length === 0
        ? "none"
        : count(draft.holidays.length, "date");
    case "officeName":
      return draft.officeName.trim() || "none";
    case "firstMessage":
      return draft.firstRequired ? "must say who writes" : "any text";
    case "gapSeconds":
      return `${limit(draft.gapSeconds)} s`;
    case "retentionDays":
      return draft.retentionDays.trim() === ""
        ? "For good"
        : count(Number(draft.retentionDays), "day");
    case "newLeads":
    case "dailyMessages":
    case "unanswered":
      return limit(draft[item]);
  }
}

/** `America/Sao Paulo`. */
export function zoneWords(zone: string): string {
  return zone.replaceAll("_", " ");
}

/** The zones that are meant: the chosen one before all, then those of which a word begins so. */
export function zonesLike(all: readonly string[], chosen: string, typed: string): string[] {
  const start = fold(typed.trim());
  const rank = (zone: string) => {
    if (zone === chosen) return 0;
    return fold(zoneWords(zone))
      .split(/[/ ]/)
      .some((word) => word.startsWith(start))
      ? 1
      : 2;
  };
  return [...new Set([chosen, ...all])]
    .filter((zone) => matches(`${zone} ${zoneWords(zone)}`, typed))
    .toSorted((one, other) => rank(one) - rank(other));
}

/** `Fri, 25 December 2026`, in the words of the person's own language. */
export function dateWords(date: string, locale?: string): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(new Date(year, month - 1, day));
}

/** `2026-11-29`, as it is there at that moment. */
export function todayIn(zone: string, nowMs: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: known(zone), dateStyle: "short" }).format(
    nowMs,
  );
}

/** `14:32`, as it is there at that moment. */
export function clockIn(zone: string, nowMs: number): string {
  const shape = { timeZone: known(zone), hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-GB", shape).format(nowMs);
}

/** `GMT-3`, as it is there at that moment. */
export function offsetIn(zone: string, nowMs: number): string {
  const shape = { timeZone: known(zone), timeZoneName: "shortOffset" } as const;
  const parts = new Intl.DateTimeFormat("en-GB", shape).formatToParts(nowMs);
  return parts.find(({ type }) => type === "timeZoneName")?.value.replace("-", "−") ?? "";
}

/** A zone that this browser does not know yet counts as UTC, as at the server. */
export function known(zone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}
