import type { PageState } from "../adapter";
import { type LinkMemory, noteUnlinked } from "./link-memory";
import { isAfterLogout, isLoggingOut, isShown, shownRequest } from "./page-elements";
import { callFunction, read, readText } from "./read";
import type { Registry } from "./registry";

/**
 * How the page stands by what it shows and says right now. A link that ends is told by four signs:
 * the login is gone, WhatsApp says so (its event, its socket), the address says so, the page shows
 * it. Each is enough alone, since each can be late or move with an update of WhatsApp.
 */
export function sessionState(registry: Registry, memory: LinkMemory): PageState {
  if (!isLoggedIn(registry)) {
    return loggedOutState(registry, memory);
  }
  const stream = registry.get("stream");
  const mode = readText(stream, "mode");
  const info = readText(stream, "info");
  const socket = readText(registry.get("socket"), "state");
  if (memory.leaving || isLeftBehind(memory) || isLoggingOut()) {
    return "logged_out";
  }
  if (socket === "UNPAIRED" || socket === "UNPAIRED_IDLE") {
    return mode === "QR" ? "syncing" : "logged_out";
  }
  if (mode !== "QR" && mode !== "SYNCING" && isShown("qr")) {
    return "logged_out";
  }
  if (mode === "CONFLICT" || socket === "CONFLICT") {
    return "conflict";
  }
  if (mode === "DEPRECATED_VERSION" || read(stream, "needsUpdate") === true) {
    return "needs_update";
  }
  switch (mode) {
    case undefined:
      return "starting";
    case "QR":
    case "SYNCING":
      return "syncing";
    case "MAIN":
      return info === "NORMAL" ? "connected" : mainState(info);
    default:
      return "offline";
  }
}

/** Whether WhatsApp Web says that it is linked to an account. */
export function isLoggedIn(registry: Registry): boolean {
  try {
    return callFunction(registry.get("isLoggedIn"), []) === true;
  } catch {
    return false;
  }
}

function mainState(info: string | undefined): PageState {
  return info === "SYNCING" || info === "RESUMING" ? "syncing" : "offline";
}

/** The address tells of a logout, and nobody has linked this load of the page since. */
export function isLeftBehind(memory: LinkMemory): boolean {
  return !memory.wasUnlinked && isAfterLogout();
}

function loggedOutState(registry: Registry, memory: LinkMemory): PageState {
  const request = shownRequest();
  if (request !== null) {
    noteUnlinked(memory);
    return request;
  }
  // A kept login, too, starts by saying "not logged in", but not once its chats are there.
  const hadChats = readText(registry.get("stream"), "mode") === "MAIN";
  if (memory.wasLinked || hadChats || isLoggingOut() || isLeftBehind(memory)) {
    return "logged_out";
  }
  const ref = readText(registry.get("conn"), "ref");
  const idle = readText(registry.get("socket"), "state") === "UNPAIRED_IDLE";
  if (idle || (ref !== undefined && ref !== "")) {
    noteUnlinked(memory);
    return "qr";
  }
  return "starting";
}
