/**
 * What the server's calls carry. What the dashboard alone speaks is generated from Rust; the older calls of
 * docs/API.md have no generated form yet and stand here as that page describes them.
 */
import type {
  Attachment,
  FirstMessage,
  ImportAnswer,
  MessageState,
  Problem,
  SessionState,
  UtcMs,
} from "../lib/generated/dashboard";

export type * from "../lib/generated/dashboard";

/** Which column of a file of leads holds which field. */
export type ImportMapping = ImportAnswer["guessed"];

/** What moved a message; a later server may know more. */
export type Cause = string;

/** One step of a message. */
export type MessageEvent = {
  seq: number;
  atMs: UtcMs;
  from: MessageState | null;
  to: MessageState;
  cause: Cause;
  generation: number | null;
  desktopId: string | null;
  personId: string | null;
  reportedAtMs: UtcMs | null;
  note: string | null;
  hash: string;
};

/** What a lead answered. */
export type Reply = { waMessageId: string; text: string; atMs: UtcMs };

/** One message of `GET /api/messages`. */
export type MessageRow = {
  seq: number;
  messageId: string;
  sdrId: string;
  leadId: string;
  leadName: string;
  phone: string;
  text: string;
  /** It was taken out, so many days after it left as the office says. */
  textGone?: boolean;
  file?: Attachment;
  state: MessageState;
  generation: number;
  attempts: number;
  desktopId: string | null;
  problem: Problem | null;
  createdAtMs: UtcMs;
  sentAtMs: UtcMs | null;
  events: MessageEvent[];
  replies: Reply[];
  /** Of which campaign it is; none if it was queued by itself. */
  campaignId?: string | null;
};

/** Answer to `GET /api/messages?newest=true`. */
export type MessagesAnswer = { messages: MessageRow[]; next: string | null };

/** One message of `GET /api/review`. */
export type ReviewRow = {
  seq: number;
  messageId: string;
  sdrId: string;
  sdrName: string;
  leadId: string;
  leadName: string;
  phone: string;
  text: string;
  file?: Attachment;
  generation: number;
  sinceMs: UtcMs | null;
  begunAtMs: UtcMs | null;
  desktopId: string | null;
  problem: Problem | null;
  session: { connected: boolean; state: SessionState } | null;
  sessionSeenAtMs: UtcMs | null;
};

/** Answer to `GET /api/review`, oldest first. */
export type ReviewAnswer = { messages: ReviewRow[]; next: number | null };

/** What a person says in `POST /api/messages/{id}/decision`. */
export type DecisionRequest = {
  decision: "sent" | "resend" | "cancel";
  generation: number;
  unlinked: boolean;
};

/** One entry of `GET /api/audit`. */
export type AuditRow = {
  seq: number;
  id: string;
  atMs: UtcMs;
  sdrId?: string | null;
  actor: string;
  who?: string | null;
  act: string;
  messageId?: string | null;
  note?: string | null;
  desktopId: string | null;
  toldBy: string;
  receivedAtMs: UtcMs;
};

/** Answer to `GET /api/audit`, newest first. */
export type AuditAnswer = { entries: AuditRow[]; next: number | null };

/** A day of the week. */
export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** When messages may begin, by each lead's own clock and calendar. */
export type Hours =
  | { mode: "always" }
  | { mode: "weekly"; days: Weekday[]; fromMin: number; toMin: number; holidays: string[] };

/** `GET` and `PUT /api/settings`: by which rules the office sends. A null cap is no limit. */
export type OfficeRules = {
  timeZone: string;
  hours: Hours;
  caps: { newLeads: number | null; unanswered: number | null };
  dailyMessages: number;
  gapMs: number;
  /** What the office is called; none until an admin says it. */
  officeName: string | null;
  firstMessage: FirstMessage;
  /** How many days after they left messages lose their text; none for never. */
  retentionDays?: number | null;
};

/** A program that is told of what happens, without its secret. */
export type WebhookRow = {
  id: string;
  url: string;
  kinds: string[];
  createdAtMs: UtcMs;
  waiting: number;
  failed: number;
};

/** Answer to `GET /api/webhooks`; `kinds` are all that may be asked for. */
export type WebhooksAnswer = { webhooks: WebhookRow[]; kinds: string[] };

/** Answer to `POST /api/webhooks`: the secret is shown this once. */
export type WebhookMade = { id: string; secret: string };

/** One line of a webhook's log. */
export type DeliveryRow = {
  seq: number;
  id: string;
  kind: string;
  atMs: UtcMs;
  state: "waiting" | "delivered" | "failed";
  attempts: number;
  triedAtMs: UtcMs | null;
  dueAtMs: UtcMs | null;
  status: number | null;
  problem: string | null;
};

/** Answer to `GET /api/webhooks/{id}/deliveries`, newest first. */
export type DeliveriesAnswer = { deliveries: DeliveryRow[]; next: number | null };
