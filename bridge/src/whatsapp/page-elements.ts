import { apply, matchText, wasReloaded } from "../builtins";
import { callMethod, read, readText } from "./read";

const page = document;
const find: (selectors: string) => Element | null = page.querySelector;
const AFTER_LOGOUT = /[?&]post_logout=1(?:&|$)/;
/** As seen in English; in another language the other signs of a logout tell it. */
const LOGGING_OUT = /\bLogging out\b/;

/** The elements the bridge looks for, by ids and attributes: labels are localised. */
const SELECTORS = {
  qr: "div[data-ref]",
  qrRefresh:
    "div[data-ref] button, button[data-testid='refresh-qr'], button:has(> span[data-icon='refresh-large'])",
  pairingCode: "[data-link-code]",
  passkey:
    "[data-testid='passkey-prompt'], [data-testid='link-device-passkey'], [data-testid='passkey']",
  loggedIn: "#side",
  syncing: "progress, [data-testid='syncing']",
  loggingOut: "[data-testid='logging-out']",
  root: "#app",
  dialog: "div[role='dialog']",
  useHere: "div[role='dialog'] button:last-of-type",
} as const;

/** Our name for an element. */
export type ElementName = keyof typeof SELECTORS;

/** The element, if the page shows it. */
export function element(name: ElementName): Element | null {
  try {
    return apply(find, page, [SELECTORS[name]]);
  } catch {
    return null;
  }
}

/** Whether the page shows the element. */
export function isShown(name: ElementName): boolean {
  return element(name) !== null;
}

/** What the page asks for to be linked, if it does. */
export function shownRequest(): "passkey" | "pairing_code" | "qr" | null {
  if (isShown("passkey")) {
    return "passkey";
  }
  if (isShown("pairingCode")) {
    return "pairing_code";
  }
  return isShown("qr") || isShown("qrRefresh") ? "qr" : null;
}

/** An attribute of an element that is shown. */
export function attribute(name: ElementName, key: string): string | null {
  const found = element(name);
  try {
    const value = found === null ? null : callMethod(found, "getAttribute", [key]);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

/** Presses an element. False if it is not shown. */
export function press(name: ElementName): boolean {
  const found = element(name);
  if (found === null || typeof read(found, "click") !== "function") {
    return false;
  }
  callMethod(found, "click", []);
  return true;
}

/** The page shows that it logs out: by its mark, or by its words where neither chats nor a code are. */
export function isLoggingOut(): boolean {
  if (isShown("loggingOut")) {
    return true;
  }
  if (isShown("loggedIn") || isShown("qr")) {
    return false;
  }
  return matchText(LOGGING_OUT, readText(element("root"), "textContent") ?? "") !== null;
}

/** The page came here from a logout. The address stays over later reloads, which tell nothing. */
export function isAfterLogout(): boolean {
  return matchText(AFTER_LOGOUT, readText(location, "search") ?? "") !== null && !wasReloaded();
}
