import { encodeUri, goTo, sliceText } from "../builtins";
import { wellFormed } from "../encode";
import type { Problem } from "../generated/protocol";
import { problem } from "../problem";

/**
 * Loads WhatsApp's own link to a number's chat, which writes the text into the box. Sending it is
 * left to the person who looks at the page.
 */
export function composeText(phone: string, text: string): Problem | null {
  try {
    const digits = sliceText(phone, 1, phone.length);
    goTo(`/send?phone=${digits}&text=${encodeUri(wellFormed(text))}`);
    return null;
  } catch {
    return problem(
      "page_unresponsive",
      "The page did not open the chat. Nothing was written or sent. Reload the page and try again.",
    );
  }
}
