import type { PageState } from "../adapter";
import { isAfterLogout, isShown } from "../whatsapp/page-elements";

/**
 * How the page stands by nothing but what it shows. `connected` means that the chats are there:
 * whether the connection to WhatsApp holds cannot be seen, so nothing is ever sent on this word.
 */
export function shownState(): PageState {
  if (isShown("passkey")) {
    return "passkey";
  }
  if (isShown("pairingCode")) {
    return "pairing_code";
  }
  if (isShown("qr") || isShown("qrRefresh")) {
    return "qr";
  }
  if (isShown("loggingOut")) {
    return "logged_out";
  }
  if (isShown("loggedIn")) {
    return "connected";
  }
  if (isShown("dialog")) {
    // A question instead of the chats: WhatsApp Web is open elsewhere.
    return "conflict";
  }
  if (isShown("syncing")) {
    return "syncing";
  }
  return isAfterLogout() ? "logged_out" : "starting";
}
