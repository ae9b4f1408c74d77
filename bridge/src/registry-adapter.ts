import type { Adapter, AdapterName } from "./adapter";
import { shownDialog } from "./page/shown-dialog";
import { problem } from "./problem";
import type { LinkMemory } from "./whatsapp/link-memory";
import { linkShown } from "./whatsapp/link-shown";
import { openListening } from "./whatsapp/listen";
import { logOut } from "./whatsapp/log-out";
import { lookUp } from "./whatsapp/look-up";
import { otherId } from "./whatsapp/other-id";
import { ownAccount } from "./whatsapp/own-account";
import { pageVersion } from "./whatsapp/page-version";
import { linkByCode } from "./whatsapp/pairing-code";
import { qrCode } from "./whatsapp/qr-code";
import { refreshQr } from "./whatsapp/refresh-qr";
import type { Registry } from "./whatsapp/registry";
import { lacks, selfTest } from "./whatsapp/self-test";
import { sendFile } from "./whatsapp/send-file";
import { sendText } from "./whatsapp/send-text";
import { isLoggedIn, sessionState } from "./whatsapp/session-state";
import { watchSettling } from "./whatsapp/settling";
import { sweepMessages } from "./whatsapp/sweep-messages";
import { useHere } from "./whatsapp/use-here";
import { openLeavingWatch } from "./whatsapp/watch-leaving";

/** A registry that gives nothing: modules are not required before the page itself runs. */
const CLOSED: Registry = { count: () => 0, get: () => undefined };

/**
 * An adapter that calls WhatsApp's own things, wherever the registry has them from: `modules` from
 * the page's registry, `wa-js` from what that library has found. The rules are the same for both.
 */
export function openRegistryAdapter(
  name: AdapterName,
  registry: Registry,
  memory: LinkMemory,
): Adapter {
  const settling = watchSettling(registry);
  const hear = openListening(registry);
  const watchLeaving = openLeavingWatch(registry, memory);

  return {
    look() {
      settling.look();
      const now = settling.usable() ? registry : CLOSED;
      const loggedIn = isLoggedIn(now);
      memory.wasLinked = memory.wasLinked || loggedIn;
      if (loggedIn) {
        memory.pairing = null;
      }
      const missing = settling.usable() ? selfTest(registry) : [];
      // Connected, but the page still registers what a send needs: not ready yet.
      const early = !settling.settled() && missing.length > 0;
      const seen = sessionState(now, memory);
      const ready = seen === "connected" && early ? "syncing" : seen;
      const link = linkShown(ready, memory, () => qrCode(now));
      return {
        adapter: name,
        pageVersion: pageVersion(now),
        ...link,
        dialog: shownDialog(link.state),
        account: loggedIn ? ownAccount(now) : null,
        missing: early ? [] : missing,
      };
    },
    can: (capability) => !lacks(registry, capability),
    listen(ear) {
      if (settling.usable()) {
        watchLeaving();
        hear(ear);
      }
    },
    sendText: (order, gate) => sendText(registry, memory, order, gate),
    sendFile: (order, gate) => sendFile(registry, memory, order, gate),
    lookUp: (waMessageId) => lookUp(registry, waMessageId),
    otherId: (chatId) => otherId(registry, chatId),
    sweep(isWanted, tell) {
      if (registry.get("messages") !== undefined) {
        sweepMessages(registry, isWanted, tell);
      }
    },
    compose: () => CAN_SEND,
    useHere: () => useHere(registry),
    refreshQr: () => refreshQr(registry, memory),
    linkByCode: (phone) => linkByCode(registry, memory, phone),
    logOut: () => logOut(registry),
  };
}

const CAN_SEND = problem(
  "not_now",
  "The page can send by itself again, so no chat was opened. The message goes its usual way.",
);
