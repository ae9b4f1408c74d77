import { apply, matchText } from "../builtins";
import { callMethod, read, readText } from "./read";

const page = document;
const find: (selectors: string) => Element | null = page.querySelector;
const AFTER_LOGOUT = /[?&]post_logout=1(?:&|$)/;

/** The elements the bridge looks for, by ids and attributes: labels are localised. */
const SELECTORS = {
  qr: "div[data-ref]",
  qrRefresh:
    "div[data-ref] button, button[data-testid='refresh-qr'], button:has(> span[data-icon='refresh-large'])",
  pairingCode: "[data-link-code]",
  passkey: "[data-testid='passkey-prompt'], [data-testid='link-device-passkey']",
  loggedIn: "#side",
  syncing: "progress, [data-testid='syncing']",
  loggingOut: "[data-testid='logging-out']",
  dialog: "div[role='dialog']",
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

/** The page was loaded after a logout. */
export function isAfterLogout(): boolean {
  return matchText(AFTER_LOGOUT, readText(location, "search") ?? "") !== null;
}
