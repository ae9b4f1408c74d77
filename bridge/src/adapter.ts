import type {
  Ack,
  Capability,
  ChatId,
  FileKind,
  OwnAccount,
  PageDialog,
  PairingCode,
  Problem,
  SessionState,
  UtcMs,
  WaMessageId,
} from "./generated/protocol";

/**
 * One way to read and drive a WhatsApp page. `modules` calls the page's own modules, `wa-js` does
 * so by that library, `page` sees what the page shows and never sends. An adapter starts no timer
 * and changes nothing of the page.
 */
export interface Adapter {
  /** Looks at the page as it is now. */
  look(): PageLook;
  /** Whether the page has at this moment what the capability needs. */
  can(capability: Capability): boolean;
  /** Begins to listen as soon as the page can be listened to; harmless when called again. */
  listen(ear: Ear): void;
  /** Looks the id up, then sends with exactly this id, asking `gate` right before handing over. */
  sendText(order: SendTextOrder, gate: HandoverGate): Promise<SendOutcome>;
  /** As `sendText`, with a file that is whole. */
  sendFile(order: SendFileOrder, gate: HandoverGate): Promise<SendOutcome>;
  /** The message of ours with this id, wherever the page keeps it. */
  lookUp(waMessageId: WaMessageId): Promise<FoundMessage | null>;
  /** The other id of a person's chat (of number and lid), where the page knows it. */
  otherId(chatId: ChatId): ChatId | null;
  /** Tells every message of ours that the page has in memory and that is asked for. */
  sweep(isWanted: (waMessageId: WaMessageId) => boolean, tell: (found: FoundMessage) => void): void;
  /** Opens a number's chat with this text in its box. Null, or why not. */
  compose(phone: string, text: string): Problem | null;
  /** Uses WhatsApp here where it is open elsewhere. Null, or why that cannot be done. */
  useHere(): Problem | null;
  /** Asks for a fresh QR code. Null, or why that cannot be done. */
  refreshQr(): Problem | null;
  /** Asks WhatsApp for a pairing code for this number. Null, or why that cannot be done. */
  linkByCode(phone: string): Problem | null;
  /** Begins to unlink this device. Null, or why that cannot be done. */
  logOut(): Problem | null;
}

/** The states a page can be in by its own word. */
export type PageState = Exclude<SessionState, "closed" | "crashed" | "hibernated" | "stopped">;

/** An adapter's name, as told to the server and shown to a person. */
export type AdapterName = "modules" | "wa-js" | "page";

/** What one look at the page shows. */
export interface PageLook {
  /** Which adapter serves. */
  readonly adapter: AdapterName;
  readonly pageVersion: string | null;
  readonly state: PageState;
  readonly dialog: PageDialog | null;
  readonly qr: string | null;
  readonly qrExpired: boolean;
  readonly pairingCode: PairingCode | null;
  readonly account: OwnAccount | null;
  readonly missing: readonly Capability[];
}

/** What an adapter tells of its own accord. */
export interface Ear {
  /** A message of ours has this ack now. */
  acked(message: FoundMessage): void;
  /** A text came in. False: no room now, tell it again when asked. */
  incoming(message: IncomingMessage): boolean;
  /** A message or a chat was added. */
  added(): void;
}

/** A text to send. */
export interface SendTextOrder {
  readonly waMessageId: WaMessageId;
  /** E.164, with the plus. */
  readonly phone: string;
  readonly text: string;
}

/** A file to send. */
export interface SendFileOrder {
  readonly waMessageId: WaMessageId;
  /** E.164, with the plus. */
  readonly phone: string;
  readonly caption: string;
  readonly kind: FileKind;
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** The last word before a message leaves our hands. */
export interface HandoverGate {
  /** Why it must not be handed over any more, or null; null is the point of no return. */
  handOver(): Problem | null;
}

/** A message of ours in the page. */
export interface FoundMessage {
  readonly waMessageId: WaMessageId;
  readonly chatId: ChatId;
  /** Its ack at the time of the call. */
  readonly ack: Ack;
}

/** A text from a lead. */
export interface IncomingMessage {
  readonly waMessageId: WaMessageId;
  readonly chatId: ChatId;
  readonly phone: string | null;
  readonly text: string;
  readonly atMs: UtcMs;
}

/** What became of a send. */
export type SendOutcome =
  | { readonly type: "in_page"; readonly message: FoundMessage; readonly alreadyThere: boolean }
  | { readonly type: "not_on_whatsapp" }
  | { readonly type: "not_submitted"; readonly problem: Problem }
  | { readonly type: "unclear"; readonly problem: Problem };
