import type { Problem } from "../generated/protocol";
import { problem } from "../problem";
import { press } from "../whatsapp/page-elements";

/** Presses the page's own button for a fresh code. */
export function pressRefresh(): Problem | null {
  try {
    if (press("qrRefresh")) {
      return null;
    }
  } catch {
    // A button that fails is no button.
  }
  return problem(
    "page_unresponsive",
    "The page shows no button for a fresh QR code. Nothing is lost. Reload the page to get one.",
  );
}
