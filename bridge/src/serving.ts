import type { Adapter, PageLook } from "./adapter";
import type { Capability } from "./generated/protocol";

/**
 * The adapters as one. `modules` serves while its self-test passes; where it cannot tell the state
 * or the code, what the page shows is told instead, with everything `modules` lacks still named,
 * so that the app stops sending before it touches the queue.
 */
export function openServing(modules: Adapter, page: Adapter): Adapter {
  const able = (capability: Capability): Adapter => (modules.can(capability) ? modules : page);

  return {
    look() {
      const seen = modules.look();
      const blind = seen.missing.length > 0 && !(modules.can("state") && modules.can("qr"));
      return blind ? asShown(seen, page.look()) : seen;
    },
    can: (capability) => able(capability).can(capability),
    listen: (ear) => modules.listen(ear),
    sendText: (order, gate) => able("send_text").sendText(order, gate),
    lookUp: (waMessageId) => able("look_up").lookUp(waMessageId),
    sweep: (isWanted, tell) => able("acks").sweep(isWanted, tell),
    refreshQr: () => (page.refreshQr() === null ? null : modules.refreshQr()),
    logOut: () => modules.logOut(),
  };
}

/** What the page shows, beside what the modules still know for certain. */
function asShown(known: PageLook, shown: PageLook): PageLook {
  return {
    adapter: shown.adapter,
    pageVersion: known.pageVersion,
    state: shown.state,
    qr: shown.qr,
    qrExpired: shown.qrExpired,
    account: known.account,
    missing: known.missing,
  };
}
