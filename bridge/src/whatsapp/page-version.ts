import { matchText } from "../builtins";
import { read } from "./read";
import type { Registry } from "./registry";

const VERSION = /^[0-9A-Za-z.+_-]{1,64}$/;

/** WhatsApp Web's own version, where it tells one. */
export function pageVersion(registry: Registry): string | null {
  const told = registry.get("version") ?? read(read(globalThis, "Debug"), "VERSION");
  return typeof told === "string" && matchText(VERSION, told) !== null ? told : null;
}
