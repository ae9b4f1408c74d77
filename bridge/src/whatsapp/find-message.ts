import type { FoundMessage } from "../adapter";
import { isArray } from "../builtins";
import type { WaMessageId } from "../generated/protocol";
import { ownMessage } from "./own-message";
import { callMethod, read } from "./read";
import type { Registry } from "./registry";

/**
 * The message of ours with this bare id among those the page has in memory, whichever chat it is
 * in: a chat may have moved from a phone number to a lid since.
 */
export function findMessage(registry: Registry, waMessageId: WaMessageId): FoundMessage | null {
  const models = modelsOf(registry.get("messages"));
  for (let index = models.length - 1; index >= 0; index -= 1) {
    const model = models[index];
    if (read(read(model, "id"), "id") === waMessageId) {
      const found = ownMessage(model);
      if (found !== null) {
        return found;
      }
    }
  }
  return null;
}

/** The members of one of the page's collections. */
export function modelsOf(collection: unknown): readonly unknown[] {
  const models = callMethod(collection, "getModelsArray", []);
  if (!isArray(models)) {
    throw new TypeError("the page's collection has no array");
  }
  return models;
}
