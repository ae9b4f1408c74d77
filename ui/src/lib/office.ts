/** The one door between the window and the sender. Types mirror crates/agent/src/views.rs and crates/protocol. */

export type SessionState =
  | "closed"
  | "starting"
  | "qr"
  | "pairing_code"
  | "passkey"
  | "syncing"
  | "connected"
  | "offline"
  | "conflict"
  | "needs_update"
  | "logged_out"
  | "crashed"
  | "hibernated"
  | "stopped";

export type MessageState =
  | "queued"
  | "leased"
  | "begun"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "dead"
  | "cancelled"
  | "review";

export type ProblemCode =
  | "bad_request"
  | "wrong_credentials"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "fenced"
  | "cancelled"
  | "not_now"
  | "too_many_requests"
  | "server_error"
  | "unreachable"
  | "bad_answer"
  | "wrong_sdr"
  | "bad_phone"
  | "bad_text"
  | "not_on_whatsapp"
  | "whatsapp_refused"
  | "ack_stuck"
  | "fate_unknown"
  | "self_test_failed"
  | "page_unresponsive"
  | "page_crashed"
  | "wrong_account"
  | "store_failed"
  | "keychain_failed"
  | "bad_config"
  | "other_desktop"
  | "unknown";

export type Order =
  | "connect"
  | "disconnect"
  | "pause"
  | "resume"
  | "unlink"
  | "refresh_qr"
  | "remove";

export type Problem = { code: ProblemCode; message: string };
export type StepView = { state: MessageState; atMs: number };
export type ActivityView = {
  messageId: string;
  leadName: string;
  state: MessageState;
  steps: StepView[];
  problem: Problem | null;
};
export type RunView = { done: number; total: number; perMinute: number; leftMs: number | null };
export type ServerView = { url: string; problem: Problem | null };
export type SdrView = {
  id: string;
  name: string;
  email: string;
  phone: string | null;
  state: SessionState;
  stale: boolean;
  signedOut: boolean;
  paused: boolean;
  pageOpen: boolean;
  queued: number;
  sentToday: number;
  review: number;
  problem: Problem | null;
  adapter: string | null;
  run: RunView | null;
  activity: ActivityView[];
};
export type OfficeView = {
  rehearsal: boolean;
  version: string;
  server: ServerView;
  sdrs: SdrView[];
};
/** CSS pixels from the top left corner of the shell. */
export type PageArea = { x: number; y: number; width: number; height: number };

/** What a call came to: a value, or a problem to show to the person. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

/** Implemented by the Tauri app and, for tests and screenshots, by a fixture. */
export interface OfficePort {
  view(): Promise<OfficeView>;
  /** Calls back with every further whole snapshot; returns how to stop. */
  onChanged(callback: (view: OfficeView) => void): () => void;
  /** Calls back when an SDR was picked outside of this window, as in the tray. */
  onSdrChosen(callback: (sdr: string) => void): () => void;
  signIn(email: string, password: string): Promise<Outcome<string>>;
  order(sdr: string, order: Order): Promise<Outcome<null>>;
  pauseAll(): Promise<void>;
  showPage(sdr: string | null): Promise<void>;
  setPageArea(area: PageArea | null): Promise<void>;
}
