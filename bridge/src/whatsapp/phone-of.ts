import { personChat } from "./chat-id";
import { callFunction } from "./read";
import type { Registry } from "./registry";

/** The number behind a Wid, where the page knows it. E.164, with the plus. */
export function phoneOf(registry: Registry, wid: unknown): string | null {
  const chat = personChat(wid);
  if (chat === null) {
    return null;
  }
  if (chat.server === "c.us") {
    return `+${chat.user}`;
  }
  try {
    const number = personChat(callFunction(registry.get("phoneOfLid"), [wid]));
    return number?.server === "c.us" ? `+${number.user}` : null;
  } catch {
    return null;
  }
}
