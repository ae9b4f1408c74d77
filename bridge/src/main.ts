import { openBridge } from "./bridge";
import { defineProperty, freeze } from "./builtins";
import { guard } from "./guard";
import { openPageAdapter } from "./page-adapter";
import { openRegistryAdapter } from "./registry-adapter";
import { openServing } from "./serving";
import { openLinkMemory } from "./whatsapp/link-memory";
import { openRegistry } from "./whatsapp/registry";

/** What the app puts before this bundle. */
interface Setup {
  /** The name of the object to install, random at each launch of the app. */
  readonly name: string;
  /** WhatsApp Web's origin; on any other, and in frames, nothing is installed. */
  readonly origin: string;
  /**
   * Random at each launch. With it every call must carry it as its last argument, so that script
   * of the page that finds the object can neither command it nor take reports away.
   */
  readonly key?: string;
}

const page = globalThis as typeof globalThis & { __HOTDESK_BRIDGE__?: Setup };
const setup = page.__HOTDESK_BRIDGE__;
delete page.__HOTDESK_BRIDGE__;

if (setup !== undefined && location.origin === setup.origin && top === self) {
  const memory = openLinkMemory();
  const modules = openRegistryAdapter("modules", openRegistry(), memory);
  const bridge = openBridge(openServing(modules, openPageAdapter(memory), memory));
  const { submit, drain, probe, adopt } = guard(bridge, setup.key);
  defineProperty(page, setup.name, {
    value: freeze({
      submit: freeze(submit),
      drain: freeze(drain),
      probe: freeze(probe),
      adopt: freeze(adopt),
    }),
    enumerable: false,
    writable: false,
    configurable: false,
  });
}
