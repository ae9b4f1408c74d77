/** What is said of campaigns. */
import { count } from "../../lib/format";
import { messageWords, type StateWords } from "../../lib/words";
import { written } from "../templates/variables";
import type {
  Campaign,
  CampaignCounts,
  CampaignState,
  MissingValue,
  SkippedLeads,
  SkipReason,
} from "../wire";

/** The words of where a campaign stands. */
export function campaignWords(state: CampaignState): StateWords {
  switch (state) {
    case "scheduled":
      return { label: "Scheduled", sentence: "It has not begun.", tone: "wait", icon: "clock" };
    case "running":
      return {
        label: "Running",
        sentence: "Its messages leave one by one, within hours and limits.",
        tone: "busy",
        icon: "send",
      };
    case "done":
      return {
        label: "Done",
        sentence: "Nothing of it waits any more.",
        tone: "ok",
        icon: "check",
      };
    case "cancelled":
      return {
        label: "Cancelled",
        sentence: "What had not begun was withdrawn.",
        tone: "off",
        icon: "minus",
      };
  }
}

export type Count = keyof CampaignCounts;

/** In the order of a message's way. */
export const COUNTS: readonly Count[] = [
  "waiting",
  "queued",
  "sent",
  "delivered",
  "read",
  "failed",
  "review",
  "cancelled",
  "skipped",
];

/** How some of its leads stand. */
export function countWords(of: Count): StateWords {
  switch (of) {
    case "waiting":
      return {
        label: "Not queued yet",
        sentence: "Their turn comes by itself.",
        tone: "off",
        icon: "history",
      };
    case "skipped":
      return { label: "Get nothing", sentence: "Why is said below.", tone: "off", icon: "ban" };
    case "queued":
    case "sent":
    case "delivered":
    case "read":
    case "failed":
    case "review":
    case "cancelled":
      return messageWords(of);
  }
}

/** Of those who are to get it: how many it has left for, and how many they are. */
export function progressOf({ counts, total }: Campaign): { left: number; all: number } {
  const { sent, delivered, read, skipped } = counts;
  return { left: sent + delivered + read, all: total - skipped };
}

/** `212 of 380 sent · 31 answered · 4 failed`. */
export function progressLine(campaign: Campaign): string {
  const { left, all } = progressOf(campaign);
  const { failed, review, cancelled, skipped } = campaign.counts;
  const number = (n: number) => n.toLocaleString("en");
  const parts = [`${number(left)} of ${number(all)} sent`];
  if (campaign.state === "scheduled") parts[0] = `${count(all, "lead")} to write to`;
  if (campaign.replied > 0) parts.push(`${number(campaign.replied)} answered`);
  if (failed > 0) parts.push(`${number(failed)} failed`);
  if (review > 0) parts.push(`${number(review)} to decide`);
  if (cancelled > 0) parts.push(`${number(cancelled)} withdrawn`);
  if (skipped > 0 && campaign.state === "scheduled") parts.push(`${number(skipped)} get nothing`);
  return parts.join(" · ");
}

/** May still be cancelled: something of it waits. */
export function mayCancel({ state }: Campaign): boolean {
  return state === "scheduled" || state === "running";
}

export type SkipWords = { label: string; help: string };

/** `company for 12 leads, site for 1`; of one variable its name alone. */
function missingWords(missing: readonly MissingValue[]): string {
  if (missing.length === 1) return written(missing[0]?.variable ?? "");
  return missing
    .map((one) => `${written(one.variable)} for ${count(one.leads, "lead")}`)
    .join(", ");
}

/** Why leads get nothing, and what helps; `missing` as far as it is known. A reason of a later server is shown as it is. */
export function skipWords(reason: SkipReason, missing: readonly MissingValue[] = []): SkipWords {
  switch (reason) {
    case "nobody":
      return {
        label: "Belong to nobody",
        help: "Assign them to an SDR, or let several SDRs take them in turn.",
      };
    case "opted_out":
      return { label: "Do not want messages", help: "Nothing is sent to them." };
    case "no_consent":
      return {
        label: "No consent is noted",
        help: "Nothing says why they may be written to.",
      };
    case "missing_variable": {
      const office = missing.length === 1 && missing[0]?.variable === "office";
      return {
        label:
          missing.length === 0 ? "A value is missing" : `No value for ${missingWords(missing)}`,
        help: office
          ? "An admin says in the settings what the office is called."
          : `Say in the text what stands there instead, such as {{${missing[0]?.variable ?? "company"}|…}}.`,
      };
    }
    case "too_long":
      return { label: "The text gets too long", help: "Shorten it." };
    case "not_named":
      return {
        label: "It does not say who writes",
        help: "A first message must name the SDR’s first name and the office, and say how to end it, such as: answer STOP.",
      };
    default:
      return { label: String(reason).replaceAll("_", " "), help: "" };
  }
}

/** `5 of 42 get nothing`; empty where everybody gets it. */
export function skippedLine(skipped: readonly SkippedLeads[], total: number): string {
  const all = skipped.reduce((sum, { leads }) => sum + leads, 0);
  if (all === 0) return "";
  return `${all.toLocaleString("en")} of ${count(total, "lead")} ${all === 1 ? "gets" : "get"} nothing`;
}
