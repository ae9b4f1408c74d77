import type { Problem } from "../generated/protocol";
import { problem } from "../problem";
import { press } from "./page-elements";
import { callMethod, read } from "./read";
import type { Registry } from "./registry";

/** Takes WhatsApp over from where else it is open, as the button of its dialog does. */
export function useHere(registry: Registry): Problem | null {
  try {
    const socket = registry.get("socket");
    if (typeof read(socket, "takeover") === "function") {
      callMethod(socket, "takeover", []);
      return null;
    }
  } catch {
    // Then by the button.
  }
  return pressUseHere();
}

/** Presses the last button of the dialog: the one that goes on. */
export function pressUseHere(): Problem | null {
  try {
    if (press("useHere")) {
      return null;
    }
  } catch {
    // A button that fails is no button.
  }
  return problem(
    "page_unresponsive",
    "The page could not be told to be used here. Nothing is lost. Press its own button, or reload it.",
  );
}
