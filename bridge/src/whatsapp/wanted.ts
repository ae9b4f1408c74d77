import type { Capability } from "../generated/protocol";

/** One thing the bridge needs of WhatsApp's modules. */
export interface Wanted {
  /** WhatsApp's own name of the module. */
  readonly module: string;
  /** The export; `default` also stands for a module that is the thing itself. */
  readonly name: string;
  readonly kind: "function" | "object";
  /** Methods it must have. */
  readonly methods?: readonly string[];
}

/** Everything the adapter `modules` reaches for, by our name for it. */
export const WANTED = {
  isLoggedIn: { module: "WAWebUserPrefsIsLoggedIn", name: "isLoggedIn", kind: "function" },
  stream: { module: "WAWebStreamModel", name: "Stream", kind: "object" },
  socket: { module: "WAWebSocketModel", name: "Socket", kind: "object", methods: ["logout"] },
  myPhone: { module: "WAWebUserPrefsMeUser", name: "getMaybeMePnUser", kind: "function" },
  myDevice: { module: "WAWebUserPrefsMeUser", name: "getMaybeMeDevicePn", kind: "function" },
  myLid: { module: "WAWebUserPrefsMeUser", name: "getMaybeMeLidUser", kind: "function" },
  conn: { module: "WAWebConnModel", name: "Conn", kind: "object" },
  events: {
    module: "WAWebBackendEventBus",
    name: "BackendEventBus",
    kind: "object",
    methods: ["on"],
  },
  createWid: { module: "WAWebWidFactory", name: "createWid", kind: "function" },
  queryWidExists: { module: "WAWebQueryExistsJob", name: "queryWidExists", kind: "function" },
  findOrCreateLatestChat: {
    module: "WAWebFindChatAction",
    name: "findOrCreateLatestChat",
    kind: "function",
  },
  addAndSendMsgToChat: {
    module: "WAWebSendMsgChatAction",
    name: "addAndSendMsgToChat",
    kind: "function",
  },
  getEphemeralFields: {
    module: "WAWebGetEphemeralFieldsMsgActionsUtils",
    name: "getEphemeralFields",
    kind: "function",
  },
  prepRawMedia: { module: "WAWebPrepRawMedia", name: "prepRawMedia", kind: "function" },
  opaqueData: {
    module: "WAWebMediaOpaqueData",
    name: "default",
    kind: "object",
    methods: ["createFromData"],
  },
  uploadLimit: { module: "WAWebMediaGatingUtils", name: "getUploadLimit", kind: "function" },
  msgKey: { module: "WAWebMsgKey", name: "default", kind: "function" },
  messages: {
    module: "WAWebMsgCollection",
    name: "MsgCollection",
    kind: "object",
    methods: ["get", "on", "getModelsArray"],
  },
  chats: {
    module: "WAWebChatCollection",
    name: "ChatCollection",
    kind: "object",
    methods: ["on", "getModelsArray"],
  },
  phoneOfLid: { module: "WAWebApiContact", name: "getPhoneNumber", kind: "function" },
  lidOfPhone: { module: "WAWebApiContact", name: "getCurrentLid", kind: "function" },
  unixTime: { module: "WATimeUtils", name: "unixTime", kind: "function" },
  version: { module: "WAWebUpdaterVersion", name: "SANITIZED_VERSION_STR", kind: "object" },
  startAltLinking: {
    module: "WAWebAltDeviceLinkingApi",
    name: "startAltLinkingFlow",
    kind: "function",
  },
  genLinkDeviceCode: {
    module: "WAWebAltDeviceLinkingApi",
    name: "genLinkDeviceCodeForPhoneNumber",
    kind: "function",
  },
  setPairingType: { module: "WAWebAltDeviceLinkingApi", name: "setPairingType", kind: "function" },
  initializeAltLinking: {
    module: "WAWebAltDeviceLinkingApi",
    name: "initializeAltDeviceLinking",
    kind: "function",
  },
  initializeQrLinking: {
    module: "WAWebAltDeviceLinkingApi",
    name: "initializeQRLinking",
    kind: "function",
  },
  cmd: { module: "WAWebCmd", name: "Cmd", kind: "object", methods: ["refreshQR"] },
} as const satisfies { readonly [name: string]: Wanted };

/** Our name for a thing of WhatsApp's. */
export type WantedName = keyof typeof WANTED;

/** What each capability cannot do without. What is in no list is used where it is there. */
export const NEEDS: { readonly [capability in Capability]: readonly WantedName[] } = {
  state: ["isLoggedIn", "stream", "socket", "myPhone", "myDevice"],
  qr: ["conn"],
  exists: ["createWid", "queryWidExists"],
  send_text: [
    "createWid",
    "findOrCreateLatestChat",
    "addAndSendMsgToChat",
    "getEphemeralFields",
    "msgKey",
    "messages",
    "myPhone",
  ],
  acks: ["messages"],
  incoming: ["messages", "chats"],
  look_up: ["messages", "chats"],
  send_file: ["prepRawMedia", "opaqueData"],
};

/** Every capability, in the order in which they are told. */
export const CAPABILITIES: readonly Capability[] = [
  "state",
  "qr",
  "exists",
  "send_text",
  "acks",
  "incoming",
  "look_up",
  "send_file",
];
