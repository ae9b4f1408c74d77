import type { PageState } from "../adapter";
import { matchText } from "../builtins";
import type { PageDialog } from "../generated/protocol";
import { element } from "../whatsapp/page-elements";
import { readText } from "../whatsapp/read";

/** Eight digits or more, as a number is written. */
const A_NUMBER = /\d(?:[\s().\u00a0\u2011-]*\d){7}/;
const BY_NAME = /WhatsApp/;

/** The dialog a page in this state shows. Its words are localised, but not a number or a name. */
export function shownDialog(state: PageState): PageDialog | null {
  const dialog = element("dialog");
  if (dialog === null) {
    return null;
  }
  if (state === "conflict") {
    return "use_here";
  }
  const words = readText(dialog, "textContent") ?? "";
  const isAboutNumber = matchText(A_NUMBER, words) !== null && matchText(BY_NAME, words) !== null;
  return isAboutNumber ? "not_on_whatsapp" : "other";
}
