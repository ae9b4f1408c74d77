import type { HandoverGate, SendFileOrder, SendOutcome } from "../adapter";
import { makeFile } from "../builtins";
import { problem } from "../problem";
import { buildMessage } from "./build-message";
import { deliver, failedAfter } from "./deliver";
import { findMessage } from "./find-message";
import type { LinkMemory } from "./link-memory";
import { callFunction, callMethod, read } from "./read";
import type { Registry } from "./registry";

/** WhatsApp's own bound for the longer side of a picture. */
const MAX_DIMENSION = 1_600;

/**
 * Sends a file with exactly this id, by the page's own modules. The page reads and shrinks it before
 * it is handed over; only then does the page upload it and send the message.
 */
export async function sendFile(
  registry: Registry,
  memory: LinkMemory,
  order: SendFileOrder,
  gate: HandoverGate,
): Promise<SendOutcome> {
  return await deliver(
    registry,
    memory,
    order,
    "send_file",
    async (chat) => {
      if (order.bytes.length > uploadLimit(registry, order)) {
        return { problem: TOO_LARGE };
      }
      const media = await prepare(registry, order);
      const caption = order.caption === "" ? undefined : order.caption;
      const message = buildMessage(registry, chat, order.waMessageId, {
        caption,
        filename: order.fileName,
        isCaptionByUser: caption !== undefined,
      });
      const options = { caption, productMsgOptions: message, addEvenWhilePreparing: false };
      return { handOver: () => handOver(registry, order, media, chat, options) };
    },
    gate,
  );
}

async function prepare(registry: Registry, order: SendFileOrder): Promise<unknown> {
  const file = makeFile(order.bytes, order.fileName, order.mimeType);
  const data = await callMethod(registry.get("opaqueData"), "createFromData", [
    file,
    order.mimeType,
  ]);
  const how = order.kind === "document" ? { asDocument: true } : { maxDimension: MAX_DIMENSION };
  const media = callFunction(registry.get("prepRawMedia"), [data, how]);
  await callMethod(media, "waitForPrep", []);
  return media;
}

/** From here on only the page can say whether the message left. It answers once it has uploaded. */
async function handOver(
  registry: Registry,
  order: SendFileOrder,
  media: unknown,
  chat: unknown,
  options: object,
): Promise<SendOutcome> {
  try {
    // WhatsApp's older versions take two arguments.
    const takesOne = read(read(media, "sendToChat"), "length") === 1;
    await callMethod(media, "sendToChat", takesOne ? [{ chat, options }] : [chat, options]);
    const found = findMessage(registry, order.waMessageId);
    return found === null
      ? { type: "unclear", problem: failedAfter(null) }
      : { type: "in_page", message: found, alreadyThere: false };
  } catch (error) {
    return { type: "unclear", problem: failedAfter(error) };
  }
}

function uploadLimit(registry: Registry, order: SendFileOrder): number {
  try {
    const limit = callFunction(registry.get("uploadLimit"), [order.kind, null]);
    return typeof limit === "number" && limit > 0 ? limit : order.bytes.length;
  } catch {
    return order.bytes.length;
  }
}

const TOO_LARGE = problem(
  "bad_file",
  "The file is larger than WhatsApp takes. Nothing was sent. Queue the message again with a smaller file.",
);
