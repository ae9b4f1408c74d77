import { append } from "../builtins";
import type { Capability } from "../generated/protocol";
import type { Registry } from "./registry";
import { CAPABILITIES, NEEDS } from "./wanted";

/** The capabilities for which the page lacks a module, an export, or a method. */
export function selfTest(registry: Registry): Capability[] {
  const missing: Capability[] = [];
  for (let index = 0; index < CAPABILITIES.length; index += 1) {
    const capability = CAPABILITIES[index];
    if (capability !== undefined && lacks(registry, capability)) {
      append(missing, capability);
    }
  }
  return missing;
}

/** Whether the page lacks something this capability needs. */
export function lacks(registry: Registry, capability: Capability): boolean {
  const needs = NEEDS[capability];
  for (let index = 0; index < needs.length; index += 1) {
    const name = needs[index];
    if (name !== undefined && registry.get(name) === undefined) {
      return true;
    }
  }
  return false;
}

/** Whether nothing is missing that sending this needs: only a file needs what files need. */
export function canSend(registry: Registry, capability: "send_text" | "send_file"): boolean {
  for (let index = 0; index < CAPABILITIES.length; index += 1) {
    const needed = CAPABILITIES[index];
    const spared = capability === "send_text" && needed === "send_file";
    if (needed !== undefined && !spared && lacks(registry, needed)) {
      return false;
    }
  }
  return true;
}
