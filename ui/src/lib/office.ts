/** The one door between the window and the sender. Its types are those that Rust generates. */
import type {
  commands,
  Decision,
  PageArea as Nullable,
  Order,
  PassphraseAsked,
  ReviewView,
} from "./generated/app";

export type {
  Decision,
  Fact,
  MessageState,
  Order,
  PassphraseAsked,
  ReviewView,
  SessionState,
  StepView,
} from "./generated/app";

export type OfficeView = Awaited<ReturnType<typeof commands.officeView>>;
export type GuardView = OfficeView["guard"];
export type SdrView = OfficeView["sdrs"][number];
export type ActivityView = SdrView["activity"][number];
export type ElsewhereView = NonNullable<SdrView["elsewhere"]>;
export type AssistView = NonNullable<SdrView["assist"]>;
export type FactView = ReviewView["facts"][number];
export type SendAsNew = ReviewView["sendAsNew"];
export type RunView = NonNullable<SdrView["run"]>;
export type Problem = NonNullable<SdrView["problem"]>;
export type ProblemCode = Problem["code"];
export type Capability = SdrView["missing"][number];

/** CSS pixels from the top left corner of the shell. */
export type PageArea = { [Side in keyof Nullable]: number };

/** What a call came to: a value, or a problem to show to the person. */
export type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: Problem };

/** Implemented by the Tauri app and, for tests and screenshots, by a fixture. */
export interface OfficePort {
  /** What is to be typed before there is a view; null where nothing is. */
  passphraseAsked(): Promise<PassphraseAsked | null>;
  enterPassphrase(passphrase: string): Promise<Outcome<null>>;
  view(): Promise<OfficeView>;
  /** Calls back with every further whole snapshot; returns how to stop. */
  onChanged(callback: (view: OfficeView) => void): () => void;
  /** Calls back when an SDR was picked outside of this window, as in the tray. */
  onSdrChosen(callback: (sdr: string) => void): () => void;
  /** An SDR's id; null for a manager. */
  signIn(email: string, password: string): Promise<Outcome<string | null>>;
  unlock(sdr: string, pin: string): Promise<Outcome<null>>;
  /** `current` where the SDR has a PIN already and did not just show the password. */
  choosePin(current: string | null, pin: string): Promise<Outcome<null>>;
  /** Whether sending stops while the SDR who has the window is locked. */
  setStrict(pin: string, on: boolean): Promise<Outcome<null>>;
  lock(): Promise<void>;
  order(sdr: string, order: Order): Promise<Outcome<null>>;
  pauseAll(): Promise<void>;
  /** What comes of it is in the next snapshots. */
  lookForPacks(): Promise<void>;
  /** What waits for a decision, oldest first. */
  review(sdr: string): Promise<Outcome<ReviewView[]>>;
  /** Harmless to repeat: a decision counts once. */
  decide(
    sdr: string,
    message: string,
    generation: number,
    decision: Decision,
  ): Promise<Outcome<null>>;
  /** Refused where the SDR's session is locked. */
  showPage(sdr: string | null): Promise<Outcome<null>>;
  setPageArea(area: PageArea | null): Promise<void>;
}
