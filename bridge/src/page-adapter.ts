import type { Adapter } from "./adapter";
import { append } from "./builtins";
import type { Capability } from "./generated/protocol";
import { composeText } from "./page/compose";
import { pressRefresh } from "./page/press-refresh";
import { refuseSend } from "./page/refuse-send";
import { shownDialog } from "./page/shown-dialog";
import { shownQr } from "./page/shown-qr";
import { shownState } from "./page/shown-state";
import { problem } from "./problem";
import type { LinkMemory } from "./whatsapp/link-memory";
import { linkShown } from "./whatsapp/link-shown";
import { NO_CODES } from "./whatsapp/pairing-code";
import { pressUseHere } from "./whatsapp/use-here";
import { CAPABILITIES } from "./whatsapp/wanted";

/**
 * The adapter `page`: sees what the page shows. It cannot send and never tries to; it may open a chat
 * with a text in its box, for a person to send.
 */
export function openPageAdapter(memory: LinkMemory): Adapter {
  return {
    look() {
      const state = shownState(memory);
      const link = linkShown(state, memory, shownQr);
      return {
        adapter: "page",
        pageVersion: null,
        ...link,
        dialog: shownDialog(link.state),
        account: null,
        missing: UNSEEN,
      };
    },
    can: (capability) => capability === "state" || capability === "qr",
    listen: () => undefined,
    sendText: refuseSend,
    sendFile: refuseSend,
    async lookUp() {
      throw new TypeError("what the page shows is not all it has");
    },
    otherId: () => null,
    sweep: () => undefined,
    compose: (phone, text) =>
      shownState(memory) === "connected" ? composeText(phone, text) : NOT_CONNECTED,
    useHere: pressUseHere,
    refreshQr: pressRefresh,
    linkByCode: () => NO_CODES,
    logOut: () => CANNOT_UNLINK,
  };
}

/** What cannot be seen from outside. */
const UNSEEN: readonly Capability[] = everythingBut("state", "qr");

function everythingBut(...seen: readonly Capability[]): Capability[] {
  const rest: Capability[] = [];
  for (let index = 0; index < CAPABILITIES.length; index += 1) {
    const capability = CAPABILITIES[index];
    if (capability !== undefined && capability !== seen[0] && capability !== seen[1]) {
      append(rest, capability);
    }
  }
  return rest;
}

const NOT_CONNECTED = problem(
  "not_now",
  "The page does not show its chats, so none was opened. Nothing was written or sent.",
);
const CANNOT_UNLINK = problem(
  "page_unresponsive",
  "The page could not unlink this device. It is still linked. Remove it on the phone, under linked devices.",
);
