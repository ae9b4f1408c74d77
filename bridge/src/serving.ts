import type { Adapter, Ear, PageLook } from "./adapter";
import { append } from "./builtins";
import type { Capability } from "./generated/protocol";
import { openRegistryAdapter } from "./registry-adapter";
import { openWaJsRegistry } from "./wa-js/wa-js-registry";
import type { LinkMemory } from "./whatsapp/link-memory";
import { isPairing } from "./whatsapp/pairing-code";
import { CAPABILITIES } from "./whatsapp/wanted";

/** The adapters as one. */
export interface Serving extends Adapter {
  /** Takes wa-js as a second choice. False if the page does not have it. */
  adopt(): boolean;
}

/**
 * `modules` serves while its self-test passes, else `wa-js` if it was adopted and can do
 * everything. An adapter that lacks nothing but what files take sends texts. Where neither can and the state or the code is not told, what the page shows is told
 * instead, with everything `modules` lacks still named, so that the app stops sending before it
 * touches the queue.
 */
export function openServing(modules: Adapter, page: Adapter, memory: LinkMemory): Serving {
  let library: Adapter | null = null;
  let heard = modules;

  /** Who does what takes everything: only an adapter that lacks nothing sends a file. */
  const whole = (): Adapter | null =>
    isWhole(modules) ? modules : library !== null && isWhole(library) ? library : null;
  /** Who sends a text: also one that lacks nothing but what a file takes. */
  const writer = (): Adapter =>
    whole() ?? (writes(modules) ? modules : library !== null && writes(library) ? library : page);
  /** Who does what takes one thing only. */
  const able = (...needed: readonly Capability[]): Adapter =>
    can(modules, needed) ? modules : library !== null && can(library, needed) ? library : page;

  return {
    look() {
      const seen = modules.look();
      if (seen.missing.length === 0) {
        return seen;
      }
      if (library !== null && isWhole(library)) {
        return library.look();
      }
      if (library !== null && !writes(modules) && writes(library)) {
        return library.look();
      }
      return modules.can("state") && modules.can("qr") ? seen : asShown(seen, page.look());
    },
    can: (capability) => able(capability).can(capability),
    listen(ear: Ear) {
      // Nothing is asked of the modules before the page uses them; who has begun to listen goes on.
      if (library !== null && able("acks", "incoming") === library) {
        heard = library;
      }
      heard.listen(ear);
    },
    sendText: (order, gate) => writer().sendText(order, gate),
    sendFile: (order, gate) => (whole() ?? page).sendFile(order, gate),
    lookUp: (waMessageId) => able("look_up").lookUp(waMessageId),
    otherId: (chatId) => able("exists").otherId(chatId),
    sweep: (isWanted, tell) => able("acks").sweep(isWanted, tell),
    compose: (phone, text) => writer().compose(phone, text),
    useHere: () => able("state").useHere(),
    refreshQr: () => {
      if (isPairing(memory)) {
        return able("qr").refreshQr();
      }
      return page.refreshQr() === null ? null : able("qr").refreshQr();
    },
    linkByCode: (phone) => able("qr").linkByCode(phone),
    logOut: () => able("state").logOut(),
    adopt() {
      const registry = library === null ? openWaJsRegistry() : null;
      if (registry !== null) {
        library = openRegistryAdapter("wa-js", registry, memory);
      }
      return library !== null;
    },
  };
}

/** What a text takes. */
const WRITING: readonly Capability[] = without("send_file");

function without(spared: Capability): Capability[] {
  const rest: Capability[] = [];
  for (let index = 0; index < CAPABILITIES.length; index += 1) {
    const capability = CAPABILITIES[index];
    if (capability !== undefined && capability !== spared) {
      append(rest, capability);
    }
  }
  return rest;
}

function can(adapter: Adapter, needed: readonly Capability[]): boolean {
  for (let index = 0; index < needed.length; index += 1) {
    const capability = needed[index];
    if (capability !== undefined && !adapter.can(capability)) {
      return false;
    }
  }
  return true;
}

const isWhole = (adapter: Adapter): boolean => can(adapter, CAPABILITIES);
const writes = (adapter: Adapter): boolean => can(adapter, WRITING);

/** What the page shows, beside what the modules still know for certain. */
function asShown(known: PageLook, shown: PageLook): PageLook {
  return {
    adapter: shown.adapter,
    pageVersion: known.pageVersion,
    state: shown.state,
    dialog: shown.dialog,
    qr: shown.qr,
    qrExpired: shown.qrExpired,
    pairingCode: shown.pairingCode,
    account: known.account,
    missing: known.missing,
  };
}
