import { floor, matchText, pageNow, sliceText, whenSettled } from "../builtins";
import type { PairingCode, Problem } from "../generated/protocol";
import { problem } from "../problem";
import type { LinkMemory, Pairing } from "./link-memory";
import { attribute } from "./page-elements";
import { callFunction } from "./read";
import type { Registry } from "./registry";
import { isLoggedIn } from "./session-state";

/** WhatsApp Web shows a code for three minutes, then asks for the next one. */
const LIFE_MS = 180_000;
const PLAIN = /^([0-9A-Z]{4})-?([0-9A-Z]{4})$/;
const SPELT =
  /^([0-9A-Z]),([0-9A-Z]),([0-9A-Z]),([0-9A-Z]),([0-9A-Z]),([0-9A-Z]),([0-9A-Z]),([0-9A-Z])$/;

/**
 * Asks WhatsApp for a code to type on the phone, as the page does for "link with phone number". While
 * one is asked for or shown, the page's QR codes may be void: they are not told.
 */
export function linkByCode(registry: Registry, memory: LinkMemory, phone: string): Problem | null {
  if (isLoggedIn(registry)) {
    return LINKED;
  }
  const start = registry.get("startAltLinking") ?? registry.get("genLinkDeviceCode");
  if (start === undefined) {
    return NO_CODES;
  }
  const pairing: Pairing = { code: null, untilMs: pageNow() + LIFE_MS };
  memory.pairing = pairing;
  const failed = (): void => {
    if (memory.pairing === pairing) {
      backToQr(registry, memory);
    }
  };
  try {
    const type = registry.get("setPairingType");
    if (type !== undefined) {
      callFunction(type, ["ALT_DEVICE_LINKING"]);
    }
    const begin = async (): Promise<unknown> => {
      const prepare = registry.get("initializeAltLinking");
      if (prepare !== undefined) {
        await callFunction(prepare, []);
      }
      // Without the plus; and the phone is told that somebody links it.
      return await callFunction(start, [sliceText(phone, 1, phone.length), true]);
    };
    whenSettled(
      begin(),
      (answer) => {
        const code = plainCode(answer);
        if (code === null) {
          failed();
        } else {
          pairing.code = code;
          pairing.untilMs = pageNow() + LIFE_MS;
        }
      },
      failed,
    );
    return null;
  } catch {
    failed();
    return NO_CODES;
  }
}

/** The code that is good now: the one that was asked for here, or the one the page shows by itself. */
export function pairingCode(memory: LinkMemory): PairingCode | null {
  const pairing = memory.pairing;
  if (pairing !== null && pairing.code !== null) {
    const left = pairing.untilMs - pageNow();
    return left > 0 ? { value: pairing.code, expiresInMs: floor(left) } : null;
  }
  const shown = plainCode(attribute("pairingCode", "data-link-code"));
  return shown === null ? null : { value: shown, expiresInMs: LIFE_MS };
}

/** Whether a pairing code was asked for here and the page has not been told to go back to QR codes. */
export function isPairing(memory: LinkMemory): boolean {
  return memory.pairing !== null;
}

/** Whether that code is no longer good, or never came. */
export function isPairingOver(memory: LinkMemory): boolean {
  return memory.pairing !== null && memory.pairing.untilMs <= pageNow();
}

/** Goes back to linking by a QR code. */
export function backToQr(registry: Registry, memory: LinkMemory): void {
  memory.pairing = null;
  try {
    const back = registry.get("initializeQrLinking");
    if (back !== undefined) {
      callFunction(back, []);
    }
  } catch {
    // Then the page's own button, or a reload, gives the next code.
  }
}

/** `ABCD1234` of what the page gives: also with a dash, or letter by letter. */
function plainCode(given: unknown): string | null {
  if (typeof given !== "string") {
    return null;
  }
  const found = matchText(PLAIN, given) ?? matchText(SPELT, given);
  if (found === null) {
    return null;
  }
  let code = "";
  for (let index = 1; index < found.length; index += 1) {
    code += found[index];
  }
  return code;
}

const LINKED = problem(
  "not_now",
  "This page is linked already, so no pairing code was asked for. Nothing was changed.",
);
/** The page has no way to ask by. */
export const NO_CODES = problem(
  "page_unresponsive",
  "The page gives no pairing code. Nothing was changed. Link with the QR code, or with the page's own way by phone number.",
);
