import type { Capability } from "../../src/generated/protocol";
import { CAPABILITIES, NEEDS, WANTED, type WantedName } from "../../src/whatsapp/wanted";

/** Every module of WhatsApp's the bridge reaches for. */
export const MODULES = [...new Set(Object.values(WANTED).map((wanted) => wanted.module))];

/** What cannot be done without the module, by the bridge's own table. */
export function lackingWithout(module: string): Capability[] {
  const of = (name: WantedName) => WANTED[name].module === module;
  return CAPABILITIES.filter((capability) => NEEDS[capability].some(of));
}
