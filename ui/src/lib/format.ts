/** How numbers, times and phone numbers are written, in one place. */

const ONE_DIGIT = new Set(["1", "7"]);
const TWO_DIGITS = new Set(
  "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split(
    " ",
  ),
);

function countryCode(digits: string): string {
  if (ONE_DIGIT.has(digits.slice(0, 1))) return digits.slice(0, 1);
  return TWO_DIGITS.has(digits.slice(0, 2)) ? digits.slice(0, 2) : digits.slice(0, 3);
}

/** E.164 as people read it: `+5511960000001` becomes `+55 11 96000-0001`. */
export function phone(e164: string): string {
  if (!/^\+\d{7,15}$/.test(e164)) return e164;
  const code = countryCode(e164.slice(1));
  const rest = e164.slice(1 + code.length);
  if (code === "55" && (rest.length === 10 || rest.length === 11)) {
    return `+55 ${rest.slice(0, 2)} ${rest.slice(2, -4)}-${rest.slice(-4)}`;
  }
  if (code === "1" && rest.length === 10) {
    return `+1 ${rest.slice(0, 3)} ${rest.slice(3, 6)}-${rest.slice(6)}`;
  }
  const head = rest.slice(0, -4).replace(/(\d{3})(?=\d)/g, "$1 ");
  return `+${code} ${head} ${rest.slice(-4)}`;
}

/** Time left, rounded so that it does not flicker: `about 40 s`, `about 3 min`, `about 2 h 10 min`. */
export function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 10) return "a few seconds";
  if (seconds < 60) return `about ${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  const rest = Math.round((minutes % 60) / 5) * 5;
  const hours = Math.floor(minutes / 60) + (rest === 60 ? 1 : 0);
  return rest % 60 === 0 ? `about ${hours} h` : `about ${hours} h ${rest} min`;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** The local time of day with seconds. */
export function timeOfDay(atMs: number): string {
  return CLOCK.format(atMs);
}

/** The local time of day with seconds; the day in front when it is not today. */
export function clock(atMs: number, nowMs: number): string {
  const time = CLOCK.format(atMs);
  return DAY.format(atMs) === DAY.format(nowMs) ? time : `${DAY.format(atMs)}, ${time}`;
}

/** The local time of day without seconds; the day in front when it is not today. */
export function hour(atMs: number, nowMs: number): string {
  return clock(atMs, nowMs).replace(/:\d\d$/, "");
}

/** `1 message`, `2 messages`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** At most two letters that stand for a person. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0]?.charAt(0) ?? "?";
  const last = words.length > 1 ? (words[words.length - 1]?.charAt(0) ?? "") : "";
  return (first + last).toUpperCase();
}

/** The name of a file that a message carries; none if it carries none. The server forgets old files with their names. */
export function fileName(file: { fileName: string } | null | undefined): string | null {
  return file ? file.fileName || "A file that was deleted" : null;
}
