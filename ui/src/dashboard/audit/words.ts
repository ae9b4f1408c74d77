/** What is said of an entry of the audit. */
import type { IconName, Tone } from "../../lib/words";
import type { AuditRow } from "../wire";

export type ActWords = { text: string; icon: IconName; tone: Tone };

/** What was done. Words of a later version are shown as they are. */
export function actWords(act: string): ActWords {
  switch (act) {
    case "signed_in":
      return { text: "signed in at the window", icon: "key", tone: "off" };
    case "unlocked":
      return { text: "unlocked the window", icon: "key", tone: "off" };
    case "pin_wrong":
      return { text: "typed a wrong PIN", icon: "alert", tone: "wait" };
    case "pin_chosen":
      return { text: "chose a PIN", icon: "lock", tone: "off" };
    case "locked":
      return { text: "locked the window", icon: "lock", tone: "off" };
    case "paused":
      return { text: "paused sending", icon: "pause", tone: "wait" };
    case "resumed":
      return { text: "resumed sending", icon: "play", tone: "ok" };
    case "connected":
      return { text: "connected WhatsApp", icon: "plug", tone: "ok" };
    case "disconnected":
      return { text: "disconnected WhatsApp", icon: "unplug", tone: "wait" };
    case "unlinked":
      return { text: "unlinked the desktop from WhatsApp", icon: "unlink", tone: "bad" };
    case "took_over":
      return { text: "took over sending on this desktop", icon: "windows", tone: "busy" };
    case "sent":
      return { text: "sent a message", icon: "send", tone: "busy" };
    case "sent_by_hand":
      return { text: "sent a message by hand", icon: "send", tone: "busy" };
    case "decided_sent":
      return { text: "decided: the message was sent", icon: "question", tone: "ok" };
    case "decided_resend":
      return { text: "decided: send the message as new", icon: "question", tone: "wait" };
    case "decided_cancel":
      return { text: "decided: do not send the message again", icon: "question", tone: "off" };
    case "strict_on":
      return { text: "stopped sending while locked", icon: "lock", tone: "off" };
    case "strict_off":
      return { text: "lets sending go on while locked", icon: "lock", tone: "off" };
    case "removed":
      return { text: "removed the SDR from a desktop", icon: "trash", tone: "bad" };
    case "exported":
      return { text: "exported the proof of a message", icon: "download", tone: "off" };
    case "signed_out_everywhere":
      return { text: "ended every sign-in", icon: "sign-out", tone: "wait" };
    case "recovery_key_given":
      return { text: "was given the recovery key", icon: "key", tone: "wait" };
    case "leads_imported":
      return { text: "imported leads", icon: "upload", tone: "busy" };
    case "leads_assigned":
      return { text: "assigned leads", icon: "users", tone: "busy" };
    case "refused":
      return { text: "asked for what is not theirs, and got nothing", icon: "ban", tone: "bad" };
    case "number_blocked":
      return { text: "blocked a number", icon: "ban", tone: "bad" };
    case "settings_changed":
      return { text: "changed the office’s rules", icon: "sliders", tone: "wait" };
    case "webhook_added":
      return { text: "added a webhook", icon: "webhook", tone: "wait" };
    case "webhook_removed":
      return { text: "removed a webhook", icon: "webhook", tone: "bad" };
    case "template_added":
      return { text: "wrote a template", icon: "file", tone: "off" };
    case "template_changed":
      return { text: "changed a template", icon: "file", tone: "off" };
    case "template_removed":
      return { text: "deleted a template", icon: "file", tone: "bad" };
    case "campaign_added":
      return { text: "made a campaign", icon: "send", tone: "busy" };
    case "campaign_cancelled":
      return { text: "cancelled a campaign", icon: "send", tone: "bad" };
    default:
      return { text: act.replaceAll("_", " "), icon: "history", tone: "off" };
  }
}

/** Who did it. */
export function actorWords(row: AuditRow, sdrName: (id: string) => string): string {
  switch (row.actor) {
    case "nobody":
      return "Somebody at the locked window";
    case "manager":
      return row.who ?? "A manager";
    case "sdr":
      return sdrName(row.who ?? row.sdrId ?? row.toldBy);
    case "hotdesk":
      return "Hotdesk";
    default:
      return row.who ?? row.actor;
  }
}

/** About whose session, where that is not who did it. */
export function aboutWords(row: AuditRow, sdrName: (id: string) => string): string | null {
  if (!row.sdrId) return null;
  const about = sdrName(row.sdrId);
  return actorWords(row, sdrName) === about ? null : about;
}
