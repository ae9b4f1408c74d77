import { apply } from "../builtins";

/** A property of anything; undefined where there is none or reading it throws. */
export function read(value: unknown, key: string): unknown {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") {
    return undefined;
  }
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** A property that is text; undefined otherwise. */
export function readText(value: unknown, key: string): string | undefined {
  const found = read(value, key);
  return typeof found === "string" ? found : undefined;
}

/** Calls a method of an object of the page. Throws where the page throws or has no such method. */
export function callMethod(value: unknown, key: string, args: readonly unknown[]): unknown {
  const found = read(value, key);
  if (typeof found !== "function") {
    throw new TypeError(`the page has no ${key}`);
  }
  return apply(found, value, args);
}

/** Calls a function of the page. Throws where the page throws or it is no function. */
export function callFunction(value: unknown, args: readonly unknown[]): unknown {
  if (typeof value !== "function") {
    throw new TypeError("the page has no such function");
  }
  return apply(value, undefined, args);
}
