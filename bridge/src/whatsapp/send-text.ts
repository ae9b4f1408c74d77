import type { HandoverGate, SendOutcome, SendTextOrder } from "../adapter";
import { buildMessage } from "./build-message";
import { personChat } from "./chat-id";
import { deliver, errorName, failedAfter } from "./deliver";
import { findMessage } from "./find-message";
import type { LinkMemory } from "./link-memory";
import { ownMessage } from "./own-message";
import { callFunction, read } from "./read";
import { readAck } from "./read-ack";
import type { Registry } from "./registry";

/** Sends a text with exactly this id. */
export async function sendText(
  registry: Registry,
  memory: LinkMemory,
  order: SendTextOrder,
  gate: HandoverGate,
): Promise<SendOutcome> {
  return await deliver(
    registry,
    memory,
    order,
    "send_text",
    async (chat) => {
      const content = { body: order.text, type: "chat" };
      const message = buildMessage(registry, chat, order.waMessageId, content);
      return { handOver: () => handOver(registry, order, chat, message) };
    },
    gate,
  );
}

/** From here on only the page can say whether the message left. */
async function handOver(
  registry: Registry,
  order: SendTextOrder,
  chat: unknown,
  message: object,
): Promise<SendOutcome> {
  try {
    const handed = await callFunction(registry.get("addAndSendMsgToChat"), [chat, message]);
    ignoreRejection(read(handed, "1"));
    const sent = ownMessage(await read(handed, "0"));
    const found =
      sent?.waMessageId === order.waMessageId ? sent : findMessage(registry, order.waMessageId);
    return found === null
      ? { type: "unclear", problem: failedAfter(null) }
      : { type: "in_page", message: found, alreadyThere: false };
  } catch (error) {
    if (errorName(error) === "DuplicateMessageError") {
      return alreadyThere(registry, order, read(chat, "id"));
    }
    return { type: "unclear", problem: failedAfter(error) };
  }
}

/** WhatsApp itself refused the id because it has it: nothing was sent by this call. */
function alreadyThere(registry: Registry, order: SendTextOrder, chatId: unknown): SendOutcome {
  const found = findMessage(registry, order.waMessageId);
  if (found !== null) {
    return { type: "in_page", message: found, alreadyThere: true };
  }
  const chat = personChat(chatId);
  const { waMessageId } = order;
  return chat === null
    ? { type: "unclear", problem: failedAfter(null) }
    : {
        type: "in_page",
        message: { waMessageId, chatId: chat.chatId, ack: readAck(undefined) },
        alreadyThere: true,
      };
}

function ignoreRejection(promise: unknown): void {
  const rejected = read(promise, "then");
  if (typeof rejected === "function") {
    (promise as PromiseLike<unknown>).then(undefined, () => undefined);
  }
}
