import type { Problem } from "../generated/protocol";
import { problem } from "../problem";
import { callMethod, read } from "./read";
import type { Registry } from "./registry";

/** Unlinks this device, as the page's own menu does. That it is done is told by the state. */
export function logOut(registry: Registry): Problem | null {
  try {
    const done = callMethod(registry.get("socket"), "logout", []);
    if (typeof read(done, "then") === "function") {
      (done as PromiseLike<unknown>).then(undefined, () => undefined);
    }
    return null;
  } catch {
    return problem(
      "page_unresponsive",
      "The page could not unlink this device. It is still linked. Remove it on the phone, under linked devices.",
    );
  }
}
