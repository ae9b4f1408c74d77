import type { ChatId } from "../generated/protocol";
import { personChat } from "./chat-id";
import { callFunction } from "./read";
import type { Registry } from "./registry";

/** The lid behind a number's chat, or the number behind a lid's, where the page knows it. */
export function otherId(registry: Registry, chatId: ChatId): ChatId | null {
  const chat = personChat(chatId);
  if (chat === null) {
    return null;
  }
  try {
    const wid = callFunction(registry.get("createWid"), [chatId]);
    const ask = registry.get(chat.server === "lid" ? "phoneOfLid" : "lidOfPhone");
    const other = personChat(callFunction(ask, [wid]));
    return other === null || other.server === chat.server ? null : other.chatId;
  } catch {
    return null;
  }
}
