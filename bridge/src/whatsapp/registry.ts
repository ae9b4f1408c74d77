import { hasOwn, keysOf, makeMap, mapGet, mapSet } from "../builtins";
import { callFunction, read } from "./read";
import { WANTED, type Wanted, type WantedName } from "./wanted";

/** Where WhatsApp's own things come from: its registry of modules, or a library that knows it. */
export interface Registry {
  /** How many modules are registered; 0 before there is a registry. */
  count(): number;
  /** The thing, or undefined while its module is absent, throws, or has another shape. */
  get(name: WantedName): unknown;
}

/** Opens the registry that is reached by the page's `require`; things once found are kept. Requires nothing by itself. */
export function openRegistry(): Registry {
  const found = makeMap<WantedName, unknown>();
  return {
    count() {
      try {
        return keysOf(modulesMap() ?? {}).length;
      } catch {
        return 0;
      }
    },
    get(name) {
      const kept = mapGet(found, name);
      if (kept !== undefined) {
        return kept;
      }
      const thing = resolve(WANTED[name]);
      if (thing !== undefined) {
        mapSet(found, name, thing);
      }
      return thing;
    },
  };
}

function modulesMap(): object | null {
  try {
    const map = read(callFunction(read(globalThis, "require"), ["__debug"]), "modulesMap");
    return typeof map === "object" ? map : null;
  } catch {
    return null;
  }
}

/**
 * A module may be an object of exports, such an object under `default`, or the thing itself:
 * which of them depends on how WhatsApp compiled it.
 */
function resolve(wanted: Wanted): unknown {
  // Asking for an unknown module makes the page log an error: look first.
  const modules = modulesMap();
  if (modules !== null && !hasOwn(modules, wanted.module)) {
    return undefined;
  }
  let module: unknown;
  try {
    module = callFunction(read(globalThis, "require"), [wanted.module]);
  } catch {
    return undefined;
  }
  const inner = read(module, "default");
  const candidates =
    wanted.name === "default"
      ? [read(inner, "default"), inner, module]
      : [read(module, wanted.name), read(inner, wanted.name)];
  for (let index = 0; index < candidates.length; index += 1) {
    if (fits(candidates[index], wanted)) {
      return candidates[index];
    }
  }
  return undefined;
}

/** Whether this is such a thing. */
export function fits(value: unknown, wanted: Wanted): boolean {
  if (wanted.kind === "function") {
    return typeof value === "function";
  }
  if (value === null || value === undefined) {
    return false;
  }
  const methods = wanted.methods ?? [];
  for (let index = 0; index < methods.length; index += 1) {
    if (typeof read(value, methods[index] ?? "") !== "function") {
      return false;
    }
  }
  return true;
}
