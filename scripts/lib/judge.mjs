// What really left, by the simulated WhatsApp's history, against what the queue had asked for.
import { call, textHash } from "./office.mjs";

/**
 * `sent`: messages of the queue that left at least once; `delivered`: those at ack 2 or more;
 * `duplicates`: departures beyond the first; `wrongSession`: departures through another SDR's
 * account (`accounts`: SDR to phone); `strangers`: departures nobody had queued.
 */
export async function judge(sim, server, managerToken, accounts) {
  const { messages: left } = await call(sim, "GET", "/control/history");
  const { messages: queued } = await call(server, "GET", "/api/messages", { token: managerToken });
  return verdict(left, queued, accounts);
}

/** The departures of each queued message by its id, and how many nobody had queued. */
export function departuresOf(left, queued) {
  const departures = new Map(queued.map((one) => [one.messageId, []]));
  const byContent = new Map(queued.map((one) => [`${one.phone} ${textHash(one.text)}`, one]));
  let strangers = 0;
  for (const row of left) {
    const message = byContent.get(`${row.to} ${row.textHash}`);
    if (message) departures.get(message.messageId).push(row);
    else strangers += 1;
  }
  return { departures, strangers };
}

/** The pure part of {@link judge}. */
export function verdict(left, queued, accounts) {
  const { departures, strangers } = departuresOf(left, queued);
  const all = [...departures.values()];
  return {
    expected: queued.length,
    sent: all.filter((rows) => rows.length > 0).length,
    delivered: all.filter((rows) =>
      rows.some((row) => row.acks.some((one) => (one.ack ?? one) >= 2)),
    ).length,
    duplicates: all.reduce((sum, rows) => sum + Math.max(0, rows.length - 1), 0),
    wrongSession: queued
      .flatMap((one) => departures.get(one.messageId).map((row) => [one, row]))
      .filter(([one, row]) => row.account !== accounts.get(one.sdrId)).length,
    strangers,
  };
}
