import type { PageState } from "../adapter";
import { isAfterLogout, isShown } from "./page-elements";
import { callFunction, read, readText } from "./read";
import type { Registry } from "./registry";

/** How the page stands by what it shows and says right now; nothing is remembered but a login. */
export function sessionState(registry: Registry, wasLoggedIn: boolean): PageState {
  if (!isLoggedIn(registry)) {
    return loggedOutState(registry, wasLoggedIn);
  }
  const stream = registry.get("stream");
  const mode = readText(stream, "mode");
  const info = readText(stream, "info");
  const socket = readText(registry.get("socket"), "state");
  if (socket === "UNPAIRED" || socket === "UNPAIRED_IDLE") {
    return mode === "QR" ? "syncing" : "logged_out";
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

function loggedOutState(registry: Registry, wasLoggedIn: boolean): PageState {
  if (isShown("passkey")) {
    return "passkey";
  }
  if (isShown("pairingCode")) {
    return "pairing_code";
  }
  if (isShown("qr") || isShown("qrRefresh")) {
    return "qr";
  }
  // A kept login, too, starts by saying "not logged in": the address alone proves nothing.
  const unpaired = readText(registry.get("stream"), "mode") === "QR";
  if (wasLoggedIn || (unpaired && isAfterLogout())) {
    return "logged_out";
  }
  const ref = readText(registry.get("conn"), "ref");
  const idle = readText(registry.get("socket"), "state") === "UNPAIRED_IDLE";
  return idle || (ref !== undefined && ref !== "") ? "qr" : "starting";
}
