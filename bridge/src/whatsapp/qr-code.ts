import { attribute, isShown } from "./page-elements";
import { readText } from "./read";
import type { Registry } from "./registry";

const MAX_CHARS = 2_048;

/** What the QR code says and whether the codes have run out. */
export interface QrCode {
  readonly value: string | null;
  readonly expired: boolean;
}

/** The code in the page's own element; the bare reference where the element is not there. */
export function qrCode(registry: Registry): QrCode {
  const idle = readText(registry.get("socket"), "state") === "UNPAIRED_IDLE";
  if (idle || isShown("qrRefresh")) {
    return { value: null, expired: true };
  }
  const shown = attribute("qr", "data-ref");
  const value = isUsableCode(shown) ? shown : (readText(registry.get("conn"), "ref") ?? null);
  return { value: isUsableCode(value) ? value : null, expired: false };
}

/** Whether this can be a code: some text, and not too long to be drawn. */
export function isUsableCode(value: string | null): value is string {
  return value !== null && value !== "" && value.length <= MAX_CHARS;
}
