import type { PageLook, PageState } from "../adapter";
import type { LinkMemory } from "./link-memory";
import { isPairing, isPairingOver, pairingCode } from "./pairing-code";
import type { QrCode } from "./qr-code";

/** What a page that is to be linked shows for it. */
export type LinkShown = Pick<PageLook, "state" | "qr" | "qrExpired" | "pairingCode">;

/**
 * The state, with the code to scan or to type. One that was asked for here is not on the page, which may
 * go on showing a QR code; that one is then not told, since WhatsApp may take it no more.
 */
export function linkShown(state: PageState, memory: LinkMemory, readQr: () => QrCode): LinkShown {
  if (state !== "qr" && state !== "pairing_code") {
    return { state, qr: null, qrExpired: false, pairingCode: null };
  }
  const code = pairingCode(memory);
  if (code !== null) {
    return { state: "pairing_code", qr: null, qrExpired: false, pairingCode: code };
  }
  if (state === "qr" && isPairing(memory)) {
    return { state, qr: null, qrExpired: isPairingOver(memory), pairingCode: null };
  }
  const qr = state === "qr" ? readQr() : { value: null, expired: false };
  return { state, qr: qr.value, qrExpired: qr.expired, pairingCode: null };
}
