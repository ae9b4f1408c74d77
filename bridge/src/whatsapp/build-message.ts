import { construct, floor, keysOf, utcNow } from "../builtins";
import type { WaMessageId } from "../generated/protocol";
import { personChat } from "./chat-id";
import { callFunction, read } from "./read";
import type { Registry } from "./registry";

/**
 * A message for this chat under the chosen id, in the form WhatsApp's own code makes. Of a file
 * WhatsApp itself adds type and body.
 */
export function buildMessage(
  registry: Registry,
  chat: unknown,
  waMessageId: WaMessageId,
  content: object,
): object {
  const to = read(chat, "id");
  const from = sender(registry, personChat(to)?.server === "lid");
  const key = construct(registry.get("msgKey") as new (options: object) => object, [
    { from, to, id: waMessageId, participant: undefined, selfDir: "out" },
  ]);
  const message: Record<string, unknown> = {
    id: key,
    ack: 0,
    ...content,
    t: unixSeconds(registry),
    from,
    to,
    self: "out",
    local: true,
    isNewMsg: true,
  };
  const ephemeral = callFunction(registry.get("getEphemeralFields"), [chat]);
  if (typeof ephemeral === "object" && ephemeral !== null) {
    const keys = keysOf(ephemeral);
    for (let index = 0; index < keys.length; index += 1) {
      const name = keys[index];
      if (name !== undefined && message[name] === undefined) {
        message[name] = read(ephemeral, name);
      }
    }
  }
  return message;
}

/** A chat under a lid is written to from our lid, else the lead sees an unknown sender. */
function sender(registry: Registry, toLid: boolean): unknown {
  const from = callFunction(registry.get(toLid ? "myLid" : "myPhone"), []);
  if (personChat(from) === null) {
    throw new TypeError("the page does not know its own account");
  }
  return from;
}

function unixSeconds(registry: Registry): number {
  try {
    const seconds = callFunction(registry.get("unixTime"), []);
    if (typeof seconds === "number" && seconds > 0) {
      return seconds;
    }
  } catch {
    // Without WhatsApp's own clock the machine's serves.
  }
  return floor(utcNow() / 1_000);
}
