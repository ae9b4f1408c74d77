import type { Problem } from "../generated/protocol";
import { problem } from "../problem";
import type { LinkMemory } from "./link-memory";
import { press } from "./page-elements";
import { backToQr, isPairing } from "./pairing-code";
import { callMethod } from "./read";
import type { Registry } from "./registry";

/** Presses the page's own button for a fresh code, or asks WhatsApp's own command for one. */
export function refreshQr(registry: Registry, memory: LinkMemory): Problem | null {
  try {
    if (isPairing(memory)) {
      backToQr(registry, memory);
    } else if (!press("qrRefresh")) {
      callMethod(registry.get("cmd"), "refreshQR", []);
    }
    return null;
  } catch {
    return problem(
      "page_unresponsive",
      "The page gave no fresh QR code. Nothing is lost. Reload the page to get one.",
    );
  }
}
