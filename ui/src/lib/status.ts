/** What a window shows of one SDR, derived from the snapshot and nothing else. */
import { count, hour, timeLeft } from "./format";
import type { MessageState, Problem, RunView, SdrView, StepView } from "./office";
import {
  capabilityWords,
  ELSEWHERE,
  elsewhereWords,
  PAUSED,
  problemWords,
  SEALED,
  SIGNED_OUT,
  type StateWords,
  sessionWords,
  TRYING_OTHER_WAY,
} from "./words";

/** The words for an SDR: signed out beats closed beats active elsewhere beats paused beats the session's own state. */
export function statusOf(sdr: SdrView): StateWords {
  if (sdr.signedOut) return SIGNED_OUT;
  if (sdr.sealed) return SEALED;
  const own = sessionWords(sdr.state);
  if (sdr.elsewhere && (isLinked(sdr) || sdr.state === "closed")) return ELSEWHERE;
  if (sdr.paused && isLinked(sdr)) return PAUSED;
  if (sdr.state === "starting" && sdr.problem?.code === "trying_other_way") {
    return TRYING_OTHER_WAY;
  }
  if (sdr.state === "connected" && sdr.run !== null && !runIsDone(sdr.run)) {
    return { ...own, label: "Sending", tone: "ok", icon: "send" };
  }
  return own;
}

/** What the page lacks, in words; null while it lacks nothing. */
export function missingLine(sdr: SdrView): string | null {
  return sdr.missing.length > 0 ? `Missing: ${sdr.missing.map(capabilityWords).join(", ")}` : null;
}

function isLinked(sdr: SdrView): boolean {
  return (
    sdr.state === "connected" ||
    sdr.state === "syncing" ||
    sdr.state === "offline" ||
    sdr.state === "hibernated"
  );
}

/** Nothing of the run is left. */
export function runIsDone(run: RunView): boolean {
  return run.done >= run.total;
}

/** The page of this SDR exists and is fit to be shown. */
export function pageIsShowable(sdr: SdrView): boolean {
  return sdr.pageOpen && !sdr.signedOut && sdr.state !== "crashed" && sdr.state !== "closed";
}

/** What the other desktop is called. */
export function otherDesktop(sdr: SdrView): string {
  return sdr.elsewhere?.name ?? elsewhereWords.unnamed;
}

/** Where an SDR is active and since when; null while it is here. */
export function elsewhereLine(sdr: SdrView, nowMs: number): string | null {
  if (!sdr.elsewhere) return null;
  return elsewhereWords.line(sdr.name, otherDesktop(sdr), hour(sdr.elsewhere.sinceMs, nowMs));
}

/** The problem to be told beside it: that an SDR is active elsewhere has a place of its own. */
export function tellable(sdr: SdrView): Problem | null {
  return sdr.elsewhere && sdr.problem?.code === "other_desktop" ? null : sdr.problem;
}

/** What keeps an SDR whose page is on the screen from sending: a problem, or a state a person can help. */
export function troubleOf(sdr: SdrView): { title: string; text: string } | null {
  const problem = tellable(sdr);
  if (problem) {
    return { title: problemWords(problem.code).title, text: problem.message };
  }
  const helpable =
    sdr.state === "offline" || sdr.state === "conflict" || sdr.state === "logged_out";
  if (!helpable) return null;
  const { label, sentence } = sessionWords(sdr.state);
  return { title: label, text: sentence };
}

/** Which buttons make sense. */
export type Actions = {
  connect: boolean;
  disconnect: boolean;
  pause: boolean;
  resume: boolean;
  refreshQr: boolean;
  reload: boolean;
  unlink: boolean;
};

/** Which buttons make sense for an SDR as it stands. */
export function actionsOf(sdr: SdrView): Actions {
  const asleep = sdr.state === "closed" || sdr.state === "hibernated" || sdr.state === "logged_out";
  const stopped = sdr.state === "stopped";
  const live = !sdr.signedOut;
  return {
    connect: live && asleep && !sdr.pageOpen,
    disconnect: sdr.pageOpen || (live && !asleep),
    pause: live && !sdr.paused && !stopped,
    resume: live && (sdr.paused || stopped),
    refreshQr: live && sdr.state === "qr",
    reload: live && sdr.pageOpen && sdr.state !== "closed",
    unlink: live && (isLinked(sdr) || stopped),
  };
}

/** One line about the current run: `12 of 30 · 24 a minute · about 45 s left`. */
export function runLine(run: RunView): string {
  const parts = [`${run.done.toLocaleString("en")} of ${run.total.toLocaleString("en")}`];
  if (runIsDone(run)) return `${count(run.total, "message")} done`;
  if (run.perMinute > 0) parts.push(`${run.perMinute.toLocaleString("en")} a minute`);
  if (run.leftMs !== null) parts.push(`${timeLeft(run.leftMs)} left`);
  return parts.join(" · ");
}

/** Five steps, the way of a message that goes well. */
const WAY: readonly MessageState[] = ["queued", "begun", "sent", "delivered", "read"];

/** One station of a message's way; `atMs` is null while it has not been reached. */
export type Station = { state: MessageState; atMs: number | null; reached: boolean };

/** A message's way as stations. One that left the way (failed, review…) ends with that state. */
export function stationsOf(state: MessageState, steps: readonly StepView[]): Station[] {
  const at = (wanted: MessageState) => steps.find((step) => step.state === wanted)?.atMs ?? null;
  const ended = !WAY.includes(state) && state !== "leased";
  const rank = Math.max(
    WAY.indexOf(state === "leased" ? "queued" : state),
    ...steps.map((step) => WAY.indexOf(step.state)),
  );
  const stations = WAY.map((name, index) => ({
    state: name,
    atMs: name === "queued" ? (at("queued") ?? at("leased")) : at(name),
    reached: index <= rank,
  }));
  if (!ended) return stations;
  return [
    ...stations.filter((station) => station.reached),
    { state, atMs: at(state), reached: true },
  ];
}
