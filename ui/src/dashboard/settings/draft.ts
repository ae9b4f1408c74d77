/** What stands in the form: read from the office's rules, written back to them, and what differs. */
import type { Hours, OfficeRules, Weekday } from "../wire";

export const WEEK: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** What the server takes at most. */
export const MOST_HOLIDAYS = 400;
const MOST_MESSAGES = 100_000;
const MOST_GAP_S = 3_600;
const MOST_DAYS = 3_650;
/** Letters of the office's name at most. */
export const MOST_LETTERS = 100;
const MIDNIGHT = 24 * 60;

/** As it is typed; an empty number is no limit. */
export type Draft = {
  timeZone: string;
  always: boolean;
  days: readonly Weekday[];
  from: string;
  /** `00:00` is the midnight at the end of the day. */
  to: string;
  holidays: readonly string[];
  newLeads: string;
  dailyMessages: string;
  gapSeconds: string;
  unanswered: string;
  /** Empty is none. */
  officeName: string;
  firstRequired: boolean;
  /** Empty is for good. */
  retentionDays: string;
};

/** What is changed as one thing, as the audit has it. */
export const ITEMS = [
  "officeName",
  "timeZone",
  "hours",
  "holidays",
  "newLeads",
  "dailyMessages",
  "gapSeconds",
  "unanswered",
  "firstMessage",
  "retentionDays",
] as const;
export type Item = (typeof ITEMS)[number];
export type Faults = Partial<Record<Item, string>>;

/** What a person begins with who turns hours on. */
const OFFICE_HOURS: Hours & { mode: "weekly" } = {
  mode: "weekly",
  days: ["mon", "tue", "wed", "thu", "fri"],
  fromMin: 9 * 60,
  toMin: 18 * 60,
  holidays: [],
};

const clock = (minutes: number) =>
  [Math.floor(minutes / 60) % 24, minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");

/** Minutes past midnight; NaN where nothing is written. */
function minutes(time: string): number {
  const [hours = Number.NaN, rest = Number.NaN] = time === "" ? [] : time.split(":").map(Number);
  return hours * 60 + rest;
}

export function draftOf(rules: OfficeRules): Draft {
  const always = rules.hours.mode === "always";
  const weekly = rules.hours.mode === "always" ? OFFICE_HOURS : rules.hours;
  return {
    timeZone: rules.timeZone,
    always,
    days: WEEK.filter((day) => weekly.days.includes(day)),
    from: clock(weekly.fromMin),
    to: clock(weekly.toMin),
    holidays: weekly.holidays.toSorted(),
    newLeads: String(rules.caps.newLeads ?? ""),
    dailyMessages: String(rules.dailyMessages),
    gapSeconds: String(rules.gapMs / 1_000),
    unanswered: String(rules.caps.unanswered ?? ""),
    officeName: rules.officeName ?? "",
    // A server of before this knew neither.
    firstRequired: rules.firstMessage?.required ?? false,
    retentionDays: String(rules.retentionDays ?? ""),
  };
}

const number = (typed: string) => Number(typed.trim().replace(",", "."));
const orNone = (typed: string) => (typed.trim() === "" ? null : number(typed));

/** What is sent; only of a draft without faults. */
export function rulesOf(draft: Draft): OfficeRules {
  const { days, holidays } = draft;
  return {
    timeZone: draft.timeZone,
    hours: draft.always
      ? { mode: "always" }
      : {
          mode: "weekly",
          days: [...days],
          fromMin: minutes(draft.from),
          toMin: minutes(draft.to) || MIDNIGHT,
          holidays: [...holidays],
        },
    caps: { newLeads: orNone(draft.newLeads), unanswered: orNone(draft.unanswered) },
    dailyMessages: number(draft.dailyMessages),
    gapMs: Math.round(number(draft.gapSeconds) * 1_000),
    officeName: draft.officeName.trim() === "" ? null : draft.officeName.trim(),
    firstMessage: { required: draft.firstRequired },
    retentionDays: orNone(draft.retentionDays),
  };
}

function hoursFault({ always, days, from, to }: Draft): string | undefined {
  if (always) return undefined;
  if (days.length === 0) return "Choose at least one day; without one no message would ever leave.";
  if (from === "" || to === "") return "Write both times.";
  if (minutes(from) < (minutes(to) || MIDNIGHT)) return undefined;
  return "The end must be later than the beginning, on the same day.";
}

function countFault(typed: string, mayBeEmpty: boolean): string | undefined {
  if (typed.trim() === "")
    return mayBeEmpty ? undefined : "Write a number; this has no “no limit”.";
  const fits = /^\s*\d+\s*$/.test(typed) && number(typed) <= MOST_MESSAGES;
  return fits ? undefined : "Write a whole number from 0 to 100,000.";
}

function daysFault(typed: string): string | undefined {
  const fits = /^\s*\d*\s*$/.test(typed) && (typed.trim() === "" || number(typed) >= 1);
  if (fits && number(typed) <= MOST_DAYS) return undefined;
  return "Write days from 1 to 3,650, or nothing to keep them for good.";
}

function gapFault(typed: string): string | undefined {
  const seconds = number(typed);
  const fits = typed.trim() !== "" && seconds >= 0 && seconds <= MOST_GAP_S;
  return fits ? undefined : "Write seconds from 0 to 3,600.";
}

function nameFault({ officeName, firstRequired }: Draft): string | undefined {
  const name = officeName.trim();
  if (name !== "" && !/[\p{L}\p{N}]/u.test(name)) return "Write at least one letter or digit.";
  if (!firstRequired || name !== "") return undefined;
  return "Write it: a first message that must name the office could never leave without.";
}

/** What would be refused, said before it is sent. */
export function faultsOf(draft: Draft): Faults {
  const all: [Item, string | undefined][] = [
    ["officeName", nameFault(draft)],
    ["hours", hoursFault(draft)],
    ["newLeads", countFault(draft.newLeads, true)],
    ["dailyMessages", countFault(draft.dailyMessages, false)],
    ["gapSeconds", gapFault(draft.gapSeconds)],
    ["unanswered", countFault(draft.unanswered, true)],
    ["retentionDays", daysFault(draft.retentionDays)],
  ];
  return Object.fromEntries(all.filter(([, fault]) => fault));
}

/** What of a draft belongs to an item. Hours that are not asked differ in nothing. */
function part(draft: Draft, item: Item): string {
  switch (item) {
    case "hours":
      return draft.always ? "always" : [draft.days, draft.from, draft.to].join(" ");
    case "holidays":
      return draft.always ? "" : draft.holidays.join(" ");
    case "timeZone":
      return draft.timeZone;
    case "officeName":
      return draft.officeName.trim();
    case "firstMessage":
      return String(draft.firstRequired);
    case "newLeads":
    case "dailyMessages":
    case "gapSeconds":
    case "unanswered":
    case "retentionDays":
      return draft[item].trim() === "" ? "" : String(number(draft[item]));
  }
}

/** The items that differ. */
export function changesOf(kept: Draft, draft: Draft): Item[] {
  return ITEMS.filter((item) => part(kept, item) !== part(draft, item));
}

/** What was edited stays; what was not becomes what is kept now. */
export function rebased(was: Draft, draft: Draft, now: Draft): Draft {
  const edited = Object.keys(draft).filter((key) => {
    const field = key as keyof Draft;
    return String(draft[field]) !== String(was[field]);
  });
  return { ...now, ...Object.fromEntries(edited.map((key) => [key, draft[key as keyof Draft]])) };
}
