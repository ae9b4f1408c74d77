import type { Ear, IncomingMessage } from "../adapter";
import { makeMap, mapDelete, mapEach, mapHas, mapSet, mapSize } from "../builtins";
import type { WaMessageId } from "../generated/protocol";
import { findMessage, modelsOf } from "./find-message";
import { incomingText } from "./incoming-text";
import { ownMessage } from "./own-message";
import { callMethod } from "./read";
import type { Registry } from "./registry";

/** Most incoming texts that wait for room in the report log. */
const MAX_WAITING = 1_024;
/** Most messages already in the page that are looked at when listening begins. */
const MAX_EARLIER = 256;

/** Listens to the page's own events; called again, it delivers what had to wait. */
export function openListening(registry: Registry): (ear: Ear) => void {
  const waiting = makeMap<WaMessageId, IncomingMessage>();
  let listening = false;

  function hear(ear: Ear, message: unknown): void {
    const incoming = incomingText(registry, message);
    if (incoming !== null && !mapHas(waiting, incoming.waMessageId) && !ear.incoming(incoming)) {
      if (mapSize(waiting) < MAX_WAITING) {
        mapSet(waiting, incoming.waMessageId, incoming);
      }
    }
  }

  function begin(ear: Ear): void {
    const messages = registry.get("messages");
    const chats = registry.get("chats");
    if (messages === undefined || chats === undefined) {
      return;
    }
    listening = true;
    callMethod(messages, "on", [
      "add",
      quietly((message) => {
        ear.added();
        hear(ear, message);
      }),
    ]);
    callMethod(messages, "on", [
      "change:ack",
      quietly((message) => {
        const own = ownMessage(message);
        // Anybody can trigger an event; what counts is the message the page itself keeps.
        const kept = own === null ? null : findMessage(registry, own.waMessageId);
        if (kept !== null) {
          ear.acked(kept);
        }
      }),
    ]);
    callMethod(chats, "on", ["add", quietly(() => ear.added())]);
    const earlier = modelsOf(messages);
    const from = earlier.length > MAX_EARLIER ? earlier.length - MAX_EARLIER : 0;
    for (let index = from; index < earlier.length; index += 1) {
      hear(ear, earlier[index]);
    }
  }

  return (ear) => {
    if (!listening) {
      begin(ear);
    }
    mapEach(waiting, (message, id) => {
      if (ear.incoming(message)) {
        mapDelete(waiting, id);
      }
    });
  };
}

/** A failure of ours must not reach WhatsApp's own code. */
function quietly(body: (model: unknown) => void): (model: unknown) => void {
  return (model) => {
    try {
      body(model);
    } catch {
      // The next probe looks again.
    }
  };
}
