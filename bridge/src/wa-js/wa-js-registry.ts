import { makeMap, mapGet, mapSet } from "../builtins";
import { read } from "../whatsapp/read";
import { fits, type Registry } from "../whatsapp/registry";
import { WANTED, type WantedName } from "../whatsapp/wanted";

/** Where wa-js keeps each thing, below `WPP.whatsapp`; it finds them by shape, not only by name. */
const PLACES: { readonly [name in WantedName]: readonly [string, string?] | null } = {
  isLoggedIn: ["functions", "isLoggedIn"],
  stream: ["Stream"],
  socket: ["Socket"],
  myPhone: ["UserPrefs", "getMaybeMePnUser"],
  myDevice: ["UserPrefs", "getMaybeMeDevicePn"],
  myLid: ["UserPrefs", "getMaybeMeLidUser"],
  conn: ["Conn"],
  events: ["BackendEventBus"],
  createWid: ["WidFactory", "createWid"],
  queryWidExists: ["functions", "queryWidExists"],
  findOrCreateLatestChat: ["functions", "findOrCreateLatestChat"],
  addAndSendMsgToChat: ["functions", "addAndSendMsgToChat"],
  getEphemeralFields: ["functions", "getEphemeralFields"],
  prepRawMedia: ["MediaPrep", "prepRawMedia"],
  opaqueData: ["OpaqueData"],
  uploadLimit: ["MediaGatingUtils", "getUploadLimit"],
  msgKey: ["MsgKey"],
  messages: ["MsgStore"],
  chats: ["ChatStore"],
  phoneOfLid: ["functions", "getPhoneNumber"],
  lidOfPhone: ["functions", "getCurrentLid"],
  unixTime: ["functions", "unixTime"],
  startAltLinking: ["functions", "startAltLinkingFlow"],
  genLinkDeviceCode: ["functions", "genLinkDeviceCodeForPhoneNumber"],
  setPairingType: ["functions", "setPairingType"],
  initializeAltLinking: ["functions", "initializeAltDeviceLinking"],
  initializeQrLinking: ["functions", "initializeQRLinking"],
  version: null,
  cmd: ["Cmd"],
};

/**
 * WhatsApp's things as wa-js has found them. Its own ways of sending are not used: they choose
 * differently when an id is known, and look up previews of links. Null where it is not in the page.
 */
export function openWaJsRegistry(): Registry | null {
  const library = read(globalThis, "WPP");
  if (typeof read(library, "whatsapp") !== "object") {
    return null;
  }
  const found = makeMap<WantedName, unknown>();
  const isReady = (): boolean => read(library, "isReady") === true;
  return {
    count: () => (isReady() ? 1 : 0),
    get(name) {
      const kept = mapGet(found, name);
      const place = PLACES[name];
      if (kept !== undefined || place === null || !isReady()) {
        return kept;
      }
      const room = read(read(library, "whatsapp"), place[0]);
      const thing = place[1] === undefined ? room : read(room, place[1]);
      if (!fits(thing, WANTED[name])) {
        return undefined;
      }
      mapSet(found, name, thing);
      return thing;
    },
  };
}
