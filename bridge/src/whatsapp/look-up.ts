import type { FoundMessage } from "../adapter";
import { append, isArray } from "../builtins";
import type { WaMessageId } from "../generated/protocol";
import { personChat } from "./chat-id";
import { findMessage, modelsOf } from "./find-message";
import { ownMessage } from "./own-message";
import { callMethod, read } from "./read";
import type { Registry } from "./registry";

/** Most chats whose stored messages are asked for. */
const MAX_CHATS = 1_000;

/**
 * The message of ours with this id: in memory first, then in the page's own store, under each
 * chat it can be in. Throws where the page does: then nobody knows.
 */
export async function lookUp(
  registry: Registry,
  waMessageId: WaMessageId,
  chats: readonly unknown[] = chatIds(registry),
): Promise<FoundMessage | null> {
  const found = findMessage(registry, waMessageId);
  const messages = registry.get("messages");
  if (found !== null || typeof read(messages, "getMessagesById") !== "function") {
    return found;
  }
  const keys: string[] = [];
  for (let index = 0; index < chats.length && keys.length < MAX_CHATS; index += 1) {
    const chat = personChat(chats[index]);
    if (chat !== null) {
      append(keys, `true_${chat.chatId}_${waMessageId}`);
    }
  }
  if (keys.length === 0) {
    return null;
  }
  const stored = read(await callMethod(messages, "getMessagesById", [keys]), "messages");
  if (isArray(stored)) {
    for (let index = 0; index < stored.length; index += 1) {
      const message = ownMessage(stored[index]);
      if (message?.waMessageId === waMessageId) {
        return message;
      }
    }
  }
  return findMessage(registry, waMessageId);
}

function chatIds(registry: Registry): unknown[] {
  const chats = modelsOf(registry.get("chats"));
  const ids: unknown[] = [];
  for (let index = 0; index < chats.length; index += 1) {
    append(ids, read(chats[index], "id"));
  }
  return ids;
}
