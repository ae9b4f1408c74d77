import { attribute, isShown } from "../whatsapp/page-elements";
import { isUsableCode, type QrCode } from "../whatsapp/qr-code";

/** The code the page shows, or that its codes have run out. */
export function shownQr(): QrCode {
  if (isShown("qrRefresh")) {
    return { value: null, expired: true };
  }
  const value = attribute("qr", "data-ref");
  return { value: isUsableCode(value) ? value : null, expired: false };
}
