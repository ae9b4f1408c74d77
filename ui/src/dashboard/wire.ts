/**
 * What the server's calls carry. What the dashboard alone speaks is generated from Rust; the older calls of
 * docs/API.md have no generated form yet and stand here as that page describes them.
 */
import type {
  Attachment,
  LeadAnswer as GeneratedLeadAnswer,
  LeadField as GeneratedLeadField,
  LeadRow as GeneratedLeadRow,
  LeadsAnswer as GeneratedLeadsAnswer,
  LeadsFilter,
  MessageState,
  Problem,
  SessionState,
  UtcMs,
} from "../lib/generated/dashboard";

export type * from "../lib/generated/dashboard";

/** A lead, with where they are: `timeZone` as it is written down, `zones` all that they may be in and that count now. */
export type LeadRow = GeneratedLeadRow & {
  timeZone?: string | null;
  zones?: string[];
};
export type LeadAnswer = Omit<GeneratedLeadAnswer, "lead"> & { lead: LeadRow };
export type LeadsAnswer = Omit<GeneratedLeadsAnswer, "leads"> & { leads: LeadRow[] };

/** A field of a lead that a column may hold. */
export type LeadField = GeneratedLeadField | "time_zone";

/** Which column of a file of leads holds which field. */
export type ImportMapping = Record<string, LeadField>;

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
};

/** What the first message to a lead must say: `required` wants sender, office and a way out named. */
export type FirstMessage = { required: boolean };

/** `GET /api/sdr/whatsapp/qr`: what the page of WhatsApp shows for linking. */
export type LinkCode = { sdrId: string; value: string; expiresInMs: number };

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

/** A text with variables that is kept. */
export type Template = {
  id: string;
  name: string;
  text: string;
  variables: string[];
  changedAtMs: UtcMs;
  changedBy: string;
};

/** `POST /api/templates` and `PUT /api/templates/{id}`. */
export type TemplateRequest = { name: string; text: string };

/** Answer to `GET /api/templates`, by name. */
export type TemplatesAnswer = { templates: Template[] };

/** To whom a campaign goes. */
export type Recipients = { leadIds: string[] } | { filter: LeadsFilter };

/** Through whose sessions: each lead's own SDR, or these in turn over the leads that are nobody's. */
export type Senders = "owners" | string[];

/** Why a lead gets nothing. */
export type SkipReason =
  | "nobody"
  | "opted_out"
  | "no_consent"
  | "missing_variable"
  | "too_long"
  | "not_named";

/** Leads that get nothing for one reason. */
export type SkippedLeads = { reason: SkipReason; leads: number };

/** `POST /api/campaigns/preview`. */
export type CampaignPreviewRequest = {
  text: string;
  to: Recipients;
  sdrs: Senders;
  limit?: number;
};

/** What one lead would get. */
export type PreviewedText = {
  leadId: string;
  leadName: string;
  sdrId: string | null;
  text: string;
  skipped: SkipReason | null;
};

/** Answer to `POST /api/campaigns/preview`; with `problems` of the text the rest is empty. */
export type CampaignPreview = {
  problems: string[];
  variables: string[];
  total: number;
  willGet: number;
  skipped: SkippedLeads[];
  previews: PreviewedText[];
  firstMessages: number;
};

/** `POST /api/campaigns`; the same again under the same id is made once. */
export type CampaignRequest = {
  campaignId: string;
  name: string;
  text: string;
  to: Recipients;
  sdrs: Senders;
  startsAtMs: UtcMs | null;
};

/** Where a campaign stands. */
export type CampaignState = "scheduled" | "running" | "done" | "cancelled";

/** How its recipients stand; together they are all of them. */
export type CampaignCounts = {
  waiting: number;
  queued: number;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  review: number;
  cancelled: number;
  skipped: number;
};

/** One text for many leads, or for one. */
export type Campaign = {
  id: string;
  name: string;
  text: string;
  state: CampaignState;
  createdAtMs: UtcMs;
  createdBy: string;
  startsAtMs: UtcMs;
  total: number;
  counts: CampaignCounts;
  replied: number;
  skipped: SkippedLeads[];
};

/** Answer to `GET /api/campaigns`, newest first. */
export type CampaignsAnswer = { campaigns: Campaign[]; next: string | null };
