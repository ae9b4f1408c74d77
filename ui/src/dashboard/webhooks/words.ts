/** What is said of webhooks and of what they are told. */
import { count } from "../../lib/format";
import type { StateWords } from "../../lib/words";
import { dayOrTime } from "../times";
import type { DeliveryRow, WebhookRow } from "../wire";

export type KindWords = { label: string; when: string };

/** A kind of event, as a person says it. A kind of a later server is shown as it is. */
export function kindWords(kind: string): KindWords {
  switch (kind) {
    case "message.queued":
      return { label: "Message queued", when: "It waits its turn." };
    case "message.sent":
      return { label: "Message sent", when: "WhatsApp has it." };
    case "message.delivered":
      return { label: "Message delivered", when: "It is on the lead’s phone." };
    case "message.read":
      return { label: "Message read", when: "The lead has read it." };
    case "message.failed":
      return { label: "Message failed", when: "It could not be sent." };
    case "message.dead":
      return { label: "Message given up", when: "It never began after several tries." };
    case "message.cancelled":
      return { label: "Message cancelled", when: "It was withdrawn before it was sent." };
    case "message.review":
      return { label: "Message to decide", when: "Nobody can tell whether it left." };
    case "reply.received":
      return { label: "Answer received", when: "A lead has answered; the text goes along." };
    case "opt_out.added":
      return { label: "Number blocked", when: "It must not be written to any more." };
    case "session.changed":
      return { label: "WhatsApp changed", when: "An SDR’s WhatsApp connects or disconnects." };
    case "webhook.test":
      return { label: "Test", when: "Somebody asked for it here." };
    default:
      return { label: kind, when: "A kind of event of a later version." };
  }
}

/** What a new webhook is told unless the person says otherwise: what another program acts on. */
export const FIRST_KINDS: readonly string[] = [
  "message.sent",
  "message.failed",
  "reply.received",
  "opt_out.added",
];

/** `4 of 11 kinds`, or all of them. */
export function kindsLine(kinds: readonly string[], all: number): string {
  const [only] = kinds;
  if (kinds.length === all) return "Told of everything";
  if (kinds.length === 1 && only) return `Told of: ${kindWords(only).label.toLowerCase()}`;
  return `Told of ${kinds.length} of ${all} kinds`;
}

/** How a webhook stands. */
export function webhookWords({ waiting, failed }: WebhookRow): StateWords {
  if (failed > 0) {
    return {
      label: `${failed.toLocaleString("en")} failed`,
      sentence: `${count(failed, "event was", "events were")} given up after two days of tries. Replay them once the program answers again.`,
      tone: "bad",
      icon: "alert",
    };
  }
  if (waiting > 0) {
    return {
      label: `${waiting.toLocaleString("en")} waiting`,
      sentence: `${count(waiting, "event waits", "events wait")} for the first or the next try.`,
      tone: "wait",
      icon: "clock",
    };
  }
  return {
    label: "Nothing waits",
    sentence: "Everything that was to be told has been told.",
    tone: "ok",
    icon: "check",
  };
}

/** How a delivery stands. */
export function deliveryWords(state: DeliveryRow["state"]): StateWords {
  switch (state) {
    case "waiting":
      return { label: "Waiting", sentence: "It is tried again.", tone: "wait", icon: "clock" };
    case "delivered":
      return { label: "Delivered", sentence: "The program took it.", tone: "ok", icon: "check" };
    case "failed":
      return { label: "Failed", sentence: "It is not tried any more.", tone: "bad", icon: "alert" };
  }
}

/** `2 tries · answered 503 · next try 14:32`. */
export function triesLine(one: DeliveryRow, nowMs: number): string {
  const parts = [one.attempts === 0 ? "Not tried yet" : count(one.attempts, "try", "tries")];
  if (one.triedAtMs !== null && one.attempts > 0) {
    parts.push(`last ${dayOrTime(one.triedAtMs, nowMs)}`);
  }
  if (one.status !== null) parts.push(`answered ${one.status}`);
  if (one.state === "waiting" && one.dueAtMs !== null) {
    parts.push(one.dueAtMs <= nowMs ? "next try now" : `next try ${dayOrTime(one.dueAtMs, nowMs)}`);
  }
  return parts.join(" · ");
}

/** An address as it is read: who is told, and where there. */
export function placeOf(url: string): { host: string; path: string } {
  try {
    const { host, pathname, search } = new URL(url);
    return { host, path: pathname === "/" ? "" : pathname + search };
  } catch {
    return { host: url, path: "" };
  }
}

/** Why an address would be refused; null where it may be one. */
export function addressFault(typed: string): string | null {
  const lack = "Write the whole address, such as https://crm.example.com/hotdesk.";
  try {
    const { protocol, hostname } = new URL(typed.trim());
    const here = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
    if (protocol === "https:" || (protocol === "http:" && here)) return null;
    return protocol === "http:"
      ? "It must begin with https://: what is told names leads and their numbers."
      : lack;
  } catch {
    return lack;
  }
}
