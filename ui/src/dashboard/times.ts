const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const WHOLE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** `14:32` today, `3 Nov` this year, `3 Nov 2025` before. */
export function dayOrTime(atMs: number, nowMs: number): string {
  if (YEAR.format(atMs) === YEAR.format(nowMs)) return TIME.format(atMs);
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return (sameYear ? DAY : YEAR).format(atMs);
}

/** Day and time, without doubt. */
export function whole(atMs: number): string {
  return WHOLE.format(atMs);
}

/** `29 Nov` of `2026-11-29`, whatever the browser's time zone. */
export function dayOf(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return DAY.format(new Date(year, month - 1, date));
}
