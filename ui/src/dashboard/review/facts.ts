import { hour } from "../../lib/format";
import type { ReviewRow } from "../wire";

/** One thing that is known, and when it was. */
export type KnownLine = { at: string; text: string };

/** What the server knows, in the order in which it happened. */
export function knownOf(row: ReviewRow, desktopName: string | null, nowMs: number): KnownLine[] {
  const desktop = desktopName ?? (row.desktopId ? `desktop ${row.desktopId}` : "a desktop");
  const lines: { atMs: number; text: string }[] = [];
  if (row.begunAtMs !== null) {
    lines.push({ atMs: row.begunAtMs, text: `Handed to WhatsApp on ${desktop}, or about to be` });
  }
  if (row.session && row.sessionSeenAtMs !== null) {
    const how = row.session.connected ? "connected to WhatsApp" : "without WhatsApp";
    lines.push({
      atMs: row.sessionSeenAtMs,
      text: `${row.sdrName}’s desktop was last seen ${how}`,
    });
  }
  if (row.sinceMs !== null) {
    lines.push({ atMs: row.sinceMs, text: "Put aside for a person to decide" });
  }
  const known = lines
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => ({ at: hour(atMs, nowMs), text }));
  return [...known, { at: "", text: "No tick was seen since" }];
}
