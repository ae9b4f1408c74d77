type Listener = (model: unknown, value?: unknown) => void;

/** An observable, as WhatsApp's models and collections are. */
export class Emitter {
  private readonly listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  trigger(event: string, model?: unknown, value?: unknown): void {
    for (const listener of this.listeners.get(event) ?? []) {
      listener(model, value);
    }
  }
}

/** A phone number's or a lid's address. */
export class Wid {
  readonly user: string;
  readonly server: string;
  constructor(
    text: string,
    readonly device?: number,
  ) {
    const [user = "", server = ""] = text.split("@");
    this.user = user;
    this.server = server;
  }
  isLid(): boolean {
    return this.server === "lid";
  }
  toString(): string {
    return `${this.user}${this.device === undefined ? "" : `:${this.device}`}@${this.server}`;
  }
}

/** The newer kind of key, which keeps no `_serialized`. */
export class MsgKey {
  readonly id: string;
  readonly remote: Wid;
  readonly fromMe: boolean;
  constructor(options: { from: Wid; to: Wid; id: string; selfDir: "in" | "out" }) {
    this.id = options.id;
    this.fromMe = options.selfDir === "out";
    this.remote = this.fromMe ? options.to : options.from;
  }
  toString(): string {
    return `${this.fromMe}_${this.remote}_${this.id}`;
  }
}

export interface Msg {
  id: MsgKey | { id: string; remote: unknown; fromMe: boolean };
  ack?: unknown;
  body?: unknown;
  type?: unknown;
  t?: unknown;
  isNewMsg?: unknown;
  caption?: unknown;
  filename?: unknown;
  mimetype?: unknown;
  isSendFailure?: unknown;
  from?: Wid;
  to?: Wid;
}

export class Collection<Model> extends Emitter {
  readonly models: Model[] = [];
  getModelsArray(): Model[] {
    return this.models.slice();
  }
  get(): undefined {
    return undefined;
  }
  add(model: Model): void {
    this.models.push(model);
    this.trigger("add", model);
  }
}

/** Elements by the selector that finds them. */
export interface FakeElement {
  readonly textContent: string;
  getAttribute(key: string): string | null;
  click(): void;
}

export const ME = "5511960000001";
export const LEAD = "5511970000001";

/** A hand-made WhatsApp: modules in a registry, and what they did. */
export class FakeWhatsapp {
  readonly stream: Record<string, unknown> = { mode: "QR", info: "PAIRING", needsUpdate: false };
  readonly socket: Record<string, unknown>;
  readonly conn: Record<string, unknown> = { ref: null };
  readonly events = new Emitter();
  readonly messages = new Collection<Msg>();
  readonly chats = new Collection<{ id: Wid }>();
  /** Messages only in the page's store, by their full key. */
  readonly stored = new Map<string, Msg>();
  readonly elements = new Map<string, FakeElement>();
  readonly modules = new Map<string, unknown>();
  readonly required: string[] = [];
  /** What was handed over to be sent. */
  readonly handed: Msg[] = [];
  readonly asked: string[] = [];
  loggedIn = false;
  loggedOutCalls = 0;
  takeovers = 0;
  refreshes = 0;
  clicks = 0;
  storageFull = false;
  debugVersion: string | undefined;
  lid: string | null = null;
  device: unknown = 12;

  exists: (wid: Wid) => unknown = async (wid) => ({ wid, biz: false });
  openChat: (wid: Wid) => unknown = async (wid) => ({ chat: this.chatOf(wid), created: true });
  send: (chat: unknown, msg: Msg) => unknown = (_, msg) => this.sendNow(msg);
  /** What a file was prepared from and how, and how long that takes. */
  readonly prepared: { file: File; how: Record<string, unknown> }[] = [];
  prepare: () => unknown = async () => undefined;
  /** Uploads, once the message is in the page. */
  upload: (msg: Msg) => Promise<unknown> = async () => ({ messageSendResult: "OK" });
  uploadLimit: unknown = 16 * 1024 * 1024;
  oldMediaPrep = false;
  phoneOfLid: (wid: Wid) => unknown = () => undefined;
  lidOfPhone: (wid: Wid) => unknown = () => undefined;
  ephemeral: object = {};
  /** What is asked of linking by a typed code, in order. */
  readonly pairing: unknown[] = [];
  pairingCode: () => unknown = async () => "ABCD1234";

  constructor() {
    this.socket = {
      state: "UNPAIRED",
      takeover: () => {
        this.takeovers += 1;
      },
      logout: async () => {
        this.loggedOutCalls += 1;
      },
    };
    const me = () => (this.loggedIn ? new Wid(`${ME}@c.us`) : undefined);
    const define = (name: string, exports: unknown) => this.modules.set(name, exports);
    define("WAWebUserPrefsIsLoggedIn", { isLoggedIn: () => this.loggedIn });
    define("WAWebStreamModel", { Stream: this.stream });
    define("WAWebSocketModel", { Socket: this.socket });
    define("WAWebConnModel", { Conn: this.conn });
    define("WAWebBackendEventBus", { BackendEventBus: this.events });
    define("WAWebUserPrefsMeUser", {
      getMaybeMePnUser: me,
      getMaybeMeDevicePn: () => ({ device: this.device, toString: () => `${ME}@c.us` }),
      getMaybeMeLidUser: () => (this.lid === null ? undefined : new Wid(`${this.lid}@lid`)),
    });
    define("WAWebWidFactory", { createWid: (text: string) => new Wid(text) });
    define("WAWebQueryExistsJob", {
      queryWidExists: (wid: Wid) => {
        this.asked.push(String(wid));
        return this.exists(wid);
      },
    });
    define("WAWebFindChatAction", { findOrCreateLatestChat: (wid: Wid) => this.openChat(wid) });
    define("WAWebSendMsgChatAction", {
      addAndSendMsgToChat: (chat: unknown, msg: Msg) => {
        this.handed.push(msg);
        return this.send(chat, msg);
      },
    });
    define("WAWebGetEphemeralFieldsMsgActionsUtils", { getEphemeralFields: () => this.ephemeral });
    define("WAWebMediaOpaqueData", {
      default: {
        createFromData: async (file: File, type: string) => {
          if (file.type !== type) {
            throw new Error("another type");
          }
          return { file };
        },
      },
    });
    define("WAWebPrepRawMedia", {
      prepRawMedia: (data: { file: File }, how: Record<string, unknown>) => {
        this.prepared.push({ file: data.file, how });
        return this.mediaPrep(data.file);
      },
    });
    define("WAWebMediaGatingUtils", { getUploadLimit: () => this.uploadLimit });
    define("WAWebMsgKey", { default: MsgKey });
    define("WAWebMsgCollection", {
      MsgCollection: Object.assign(this.messages, {
        getMessagesById: async (keys: string[]) => ({
          messages: Array.from({ length: keys.length }, (_, index) =>
            this.stored.get(keys[index] ?? ""),
          ).filter((msg) => msg !== undefined),
        }),
      }),
    });
    define("WAWebChatCollection", { ChatCollection: this.chats });
    define("WAWebApiContact", {
      getPhoneNumber: (wid: Wid) => this.phoneOfLid(wid),
      getCurrentLid: (wid: Wid) => this.lidOfPhone(wid),
    });
    define("WATimeUtils", { unixTime: () => 1_750_000_123 });
    define("WAWebUpdaterVersion", { SANITIZED_VERSION_STR: "2.3000.1042" });
    define("WAWebAltDeviceLinkingApi", {
      setPairingType: (type: string) => this.pairing.push(type),
      initializeAltDeviceLinking: async () => this.pairing.push("initialize"),
      startAltLinkingFlow: (phone: string, push: boolean) => {
        this.pairing.push([phone, push]);
        return this.pairingCode();
      },
      initializeQRLinking: () => this.pairing.push("back"),
    });
    define("WAWebCmd", {
      Cmd: {
        refreshQR: () => {
          this.refreshes += 1;
        },
      },
    });
  }

  /** As the page's own: a file whose id is taken is neither sent nor refused. */
  private mediaPrep(file: File): object {
    const send = async (given: { productMsgOptions: Msg; caption?: string }) => {
      const type = file.type.startsWith("image/") ? "image" : "document";
      const msg = { ...given.productMsgOptions, type, mimetype: file.type };
      this.handed.push(msg);
      if (this.messages.models.some((there) => String(there.id) === String(msg.id))) {
        return new Promise(() => undefined);
      }
      this.messages.add(msg);
      return this.upload(msg);
    };
    const waitForPrep = () => this.prepare();
    return this.oldMediaPrep
      ? { waitForPrep, sendToChat: (_: unknown, options: never) => send(options) }
      : { waitForPrep, sendToChat: (all: { options: never }) => send(all.options) };
  }

  installInto(realm: Record<string, unknown>): void {
    realm.require = (name: string) => {
      if (name === "__debug") {
        return { modulesMap: Object.fromEntries(this.modules) };
      }
      this.required.push(name);
      const exports = this.modules.get(name);
      if (exports === undefined) {
        throw new Error(`Requiring unknown module "${name}"`);
      }
      return typeof exports === "function" && "throws" in exports ? exports() : exports;
    };
    if (this.debugVersion !== undefined) {
      realm.Debug = { VERSION: this.debugVersion };
    }
  }

  /** As after a scan and the sync. */
  link(): void {
    this.loggedIn = true;
    this.socket.state = "CONNECTED";
    this.stream.mode = "MAIN";
    this.stream.info = "NORMAL";
    this.elements.clear();
    this.show("#side");
  }

  show(selector: string, attributes: Record<string, string> = {}, textContent = ""): void {
    this.elements.set(selector, {
      textContent,
      getAttribute: (key) => attributes[key] ?? null,
      click: () => {
        this.clicks += 1;
      },
    });
  }

  element(selectors: string): FakeElement | null {
    for (const selector of selectors.split(", ")) {
      const found = this.elements.get(selector);
      if (found !== undefined) {
        return found;
      }
    }
    return null;
  }

  chatOf(wid: Wid): { id: Wid } {
    const there = this.chats.models.find((chat) => String(chat.id) === String(wid));
    if (there !== undefined) {
      return there;
    }
    const chat = { id: wid };
    this.chats.add(chat);
    return chat;
  }

  sendNow(msg: Msg): [Promise<Msg>, Promise<unknown>] {
    const key = msg.id as MsgKey;
    if (this.messages.models.some((there) => String(there.id) === String(key))) {
      return [duplicate(), duplicate()];
    }
    this.messages.add(msg);
    return [Promise.resolve(msg), Promise.resolve({ messageSendResult: "OK" })];
  }

  ack(msg: Msg | undefined, ack: number): void {
    if (msg === undefined) {
      throw new Error("no such message");
    }
    msg.ack = ack;
    this.messages.trigger("change:ack", msg, ack);
  }

  receive(text: unknown, from = `${LEAD}@c.us`, id = "AC0123456789ABCDEF", more: object = {}): Msg {
    const wid = new Wid(from);
    const msg = {
      id: new MsgKey({ from: wid, to: new Wid(`${ME}@c.us`), id, selfDir: "in" }),
      body: text,
      type: "chat",
      t: 1_750_000_200,
      isNewMsg: true,
      from: wid,
      ...more,
    };
    this.messages.add(msg);
    return msg;
  }
}

export function duplicate(): Promise<never> {
  const error = new Error("DuplicateMessageError: known id");
  error.name = "DuplicateMessageError";
  const rejected = Promise.reject(error);
  rejected.catch(() => undefined);
  return rejected;
}

/** A message of ours as the page keeps it. */
export function sentMessage(id: string, chat = `${LEAD}@c.us`, ack = 1): Msg {
  const to = new Wid(chat);
  return { id: new MsgKey({ from: new Wid(`${ME}@c.us`), to, id, selfDir: "out" }), ack, to };
}

/** A registered module whose factory throws. */
export function throwing(): () => never {
  return Object.assign(
    () => {
      throw new Error("factory failed");
    },
    { throws: true },
  );
}
