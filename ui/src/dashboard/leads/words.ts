/** What is said of leads. */
import { count } from "../../lib/format";
import { messageWords, type StateWords } from "../../lib/words";
import { zoneWords } from "../settings/words";
import type { AssignAnswer, LeadField, LeadRow, LeadStatus } from "../wire";

/** Every status, in the order of the filter. */
export const STATUSES: readonly LeadStatus[] = [
  "new",
  "queued",
  "sent",
  "replied",
  "review",
  "failed",
  "opted_out",
];

/** The words of a lead's status: of its newest message, but for these. */
export function leadWords(status: LeadStatus): StateWords {
  switch (status) {
    case "new":
      return { label: "New", sentence: "No message yet.", tone: "off", icon: "plus" };
    case "replied":
      return { label: "Replied", sentence: "The lead has answered.", tone: "ok", icon: "reply" };
    case "opted_out":
      return {
        label: "Opted out",
        sentence: "Does not want messages; nothing is sent.",
        tone: "bad",
        icon: "ban",
      };
    case "review":
      return { ...messageWords("review"), label: "To decide" };
    case "queued":
    case "sent":
    case "failed":
      return messageWords(status);
  }
}

/** A field of a lead, as a column is mapped to it. */
export function fieldWords(field: LeadField): string {
  switch (field) {
    case "name":
      return "Name";
    case "phone":
      return "Phone number";
    case "company":
      return "Company";
    case "position":
      return "Position";
    case "site":
      return "Site";
    case "pain":
      return "What they struggle with";
    case "consent":
      return "Consent";
    case "time_zone":
      return "Time zone";
  }
}

/** Every field, those first that a file must have. */
export const FIELDS: readonly LeadField[] = [
  "name",
  "phone",
  "company",
  "position",
  "site",
  "pain",
  "consent",
  "time_zone",
];

/** What an assignment came to. */
export function assignedLine(answer: AssignAnswer): string {
  const done = `${count(answer.assigned, "lead")} assigned.`;
  if (answer.skippedCount === 0) return done;
  return `${done} ${count(answer.skippedCount, "lead")} stayed as before.`;
}

/** Zones that are told one by one. */
const NAMED = 3;

/** Where a lead is taken to be, and why. */
export function whereWords({ timeZone, zones = [] }: LeadRow): { value: string; why: string } {
  if (timeZone) return { value: zoneWords(timeZone), why: "Written down for this lead." };
  const names = zones.map(zoneWords);
  const [only] = names;
  if (only === undefined) return { value: "Not known", why: "The office’s own clock counts." };
  if (names.length === 1) return { value: only, why: "By their number." };
  const rest = names.length - NAMED;
  const value = [...names.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
  return {
    value,
    why: "By their number they may be in any of these: a message leaves only when it is within the sending hours in all of them.",
  };
}
