/** What is said of an SDR's WhatsApp, from their row and nothing else. */
import { count, hour } from "../../lib/format";
import { PAUSED, problemWords, type StateWords, sessionWords } from "../../lib/words";
import type { SdrRow } from "../wire";

const NEVER: StateWords = {
  label: "Never linked",
  sentence: "Connect links a phone by a QR or pairing code, once.",
  tone: "off",
  icon: "unplug",
};
const NO_DESKTOP: StateWords = {
  label: "No desktop",
  sentence: "Hotdesk does not run for this SDR on any machine. Messages wait in the queue.",
  tone: "off",
  icon: "cloud-off",
};
const ASKED_LINK: StateWords = {
  label: "Connecting",
  sentence: "The desktop has been asked to connect.",
  tone: "busy",
  icon: "sync",
};
const ASKED_DISCONNECT: StateWords = {
  label: "Disconnecting",
  sentence: "The desktop has been asked to disconnect.",
  tone: "busy",
  icon: "sync",
};

/** A wish of the dashboard beats a desktop that is gone beats a pause beats the session's own state. */
export function sdrStatus(sdr: SdrRow): StateWords {
  if (sdr.wish === "disconnect") return ASKED_DISCONNECT;
  const linkAsked = sdr.wish === "link" || sdr.wish === "link_by_code";
  if (linkAsked && !isLinking(sdr)) return ASKED_LINK;
  if (!sdr.online) return sdr.session === null && sdr.activeDesktop === null ? NEVER : NO_DESKTOP;
  if (sdr.session === null) return NEVER;
  if (sdr.paused && sdr.session.connected) return PAUSED;
  return sessionWords(sdr.session.state);
}

/** WhatsApp waits for the phone. */
export function isLinking(sdr: SdrRow): boolean {
  const state = sdr.session?.state;
  return sdr.online && (state === "qr" || state === "pairing_code" || state === "passkey");
}

/** Linked, as far as the server has heard. */
export function isLinked(sdr: SdrRow): boolean {
  const state = sdr.session?.state;
  return sdr.online && (sdr.session?.connected === true || state === "syncing");
}

/** Since when it is as it is, if that says something. */
export function sinceLine(sdr: SdrRow, nowMs: number): string {
  const session = sdr.session;
  if (sdr.online && session?.connected && session.connectedAtMs !== null) {
    return `since ${hour(session.connectedAtMs, nowMs)}`;
  }
  if (!sdr.online && session?.lastSeenMs) return `last seen ${hour(session.lastSeenMs, nowMs)}`;
  return "";
}

/** What keeps it from sending and what to do, if something does. */
export function troubleLine(sdr: SdrRow): { title: string; text: string } | null {
  const problem = sdr.online ? sdr.session?.problem : null;
  if (problem) return { title: problemWords(problem.code).title, text: problem.message };
  const words = sdrStatus(sdr);
  if (words.tone === "ok" || words.tone === "busy") return null;
  return { title: "", text: words.sentence };
}

/** The line under the page's title. */
export function officeLine(sdrs: readonly SdrRow[]): string {
  const sum = (of: (sdr: SdrRow) => number) => sdrs.reduce((all, sdr) => all + of(sdr), 0);
  const connected = sdrs.filter((sdr) => sdr.online && sdr.session?.connected).length;
  const troubled = sdrs.filter((sdr) => ["bad", "wait"].includes(sdrStatus(sdr).tone)).length;
  return [
    `${connected} of ${sdrs.length} connected`,
    `${sum((sdr) => sdr.counts.queued).toLocaleString("en")} queued`,
    `${sum((sdr) => sdr.counts.sentToday).toLocaleString("en")} sent today`,
    ...(troubled > 0 ? [`${troubled.toLocaleString("en")} to look at`] : []),
  ].join(" · ");
}

/** `2 to decide`, or nothing. */
export function reviewCount(sdr: SdrRow): string {
  return sdr.counts.review > 0 ? count(sdr.counts.review, "to decide", "to decide") : "";
}
