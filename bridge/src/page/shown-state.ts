import type { PageState } from "../adapter";
import { type LinkMemory, noteUnlinked } from "../whatsapp/link-memory";
import { isLoggingOut, isShown, shownRequest } from "../whatsapp/page-elements";
import { isLeftBehind } from "../whatsapp/session-state";

/**
 * How the page stands by nothing but what it shows. `connected` means that the chats are there:
 * whether the connection to WhatsApp holds cannot be seen, so nothing is ever sent on this word.
 */
export function shownState(memory: LinkMemory): PageState {
  const asking = shownRequest();
  if (asking !== null) {
    noteUnlinked(memory);
    return asking;
  }
  if (isLoggingOut() || isLeftBehind(memory)) {
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
  return "starting";
}
