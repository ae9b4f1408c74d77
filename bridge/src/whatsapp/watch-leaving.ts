import type { LinkMemory } from "./link-memory";
import { callMethod } from "./read";
import type { Registry } from "./registry";

/** Listens for WhatsApp's own word that it begins to log out; harmless when called again. */
export function openLeavingWatch(registry: Registry, memory: LinkMemory): () => void {
  let listening = false;
  return () => {
    const events = listening ? undefined : registry.get("events");
    if (events !== undefined) {
      listening = true;
      callMethod(events, "on", [
        "starting_logout",
        () => {
          memory.leaving = true;
        },
      ]);
    }
  };
}
