import type { OptOutRow } from "../wire";

/** How a number came onto the list. */
export function sourceWords(row: OptOutRow): string {
  switch (row.source) {
    case "message":
      return "The lead answered so";
    case "number":
      return row.byName ? `By ${row.byName}` : "By a person";
    case null:
      return row.byName ? `By ${row.byName}` : "The office’s own list";
    default:
      return row.source;
  }
}

/** A number as people type it, as E.164; null where it is none. */
export function e164(typed: string): string | null {
  const plain = typed.replace(/[\s().-]/g, "").replace(/^00/, "+");
  return /^\+\d{7,15}$/.test(plain) ? plain : null;
}
