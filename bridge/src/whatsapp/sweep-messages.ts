import type { FoundMessage } from "../adapter";
import type { WaMessageId } from "../generated/protocol";
import { modelsOf } from "./find-message";
import { ownMessage } from "./own-message";
import { read, readText } from "./read";
import type { Registry } from "./registry";

/** Goes once over the messages in memory and tells those of ours that are asked for. */
export function sweepMessages(
  registry: Registry,
  isWanted: (waMessageId: WaMessageId) => boolean,
  tell: (found: FoundMessage) => void,
): void {
  const models = modelsOf(registry.get("messages"));
  for (let index = 0; index < models.length; index += 1) {
    const model = models[index];
    const waMessageId = readText(read(model, "id"), "id");
    if (waMessageId !== undefined && isWanted(waMessageId)) {
      const found = ownMessage(model);
      if (found !== null) {
        tell(found);
      }
    }
  }
}
