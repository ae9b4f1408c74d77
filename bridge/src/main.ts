import { openBridge } from "./bridge";
import { defineProperty, freeze } from "./builtins";
import { openModulesAdapter } from "./modules-adapter";
import { openPageAdapter } from "./page-adapter";
import { openServing } from "./serving";

/** What the app puts before this bundle. */
interface Setup {
  /** The name of the object to install, random at each launch of the app. */
  readonly name: string;
  /** WhatsApp Web's origin; on any other, and in frames, nothing is installed. */
  readonly origin: string;
}

const page = globalThis as typeof globalThis & { __HOTDESK_BRIDGE__?: Setup };
const setup = page.__HOTDESK_BRIDGE__;
delete page.__HOTDESK_BRIDGE__;

if (setup !== undefined && location.origin === setup.origin && top === self) {
  const { submit, drain, probe } = openBridge(openServing(openModulesAdapter(), openPageAdapter()));
  defineProperty(page, setup.name, {
    value: freeze({ submit: freeze(submit), drain: freeze(drain), probe: freeze(probe) }),
    enumerable: false,
    writable: false,
    configurable: false,
  });
}
