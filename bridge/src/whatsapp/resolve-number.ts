import { sliceText } from "../builtins";
import { personChat } from "./chat-id";
import { callFunction, read } from "./read";
import type { Registry } from "./registry";

/** WhatsApp's id for a number; it may differ in a digit (Brazil's ninth, Mexico's 1). */
export type ResolvedNumber = { readonly wid: unknown } | "not_on_whatsapp" | "another_number";

/** Asks WhatsApp for the number. Throws where the page does. */
export async function resolveNumber(registry: Registry, phone: string): Promise<ResolvedNumber> {
  const digits = sliceText(phone, 1, phone.length);
  const asked = callFunction(registry.get("createWid"), [`${digits}@c.us`]);
  const answer = await callFunction(registry.get("queryWidExists"), [asked]);
  if (answer === null || answer === undefined) {
    return "not_on_whatsapp";
  }
  const wid = read(answer, "wid");
  const resolved = personChat(wid);
  if (resolved === null) {
    return "another_number";
  }
  return resolved.server === "lid" || isSameNumber(digits, resolved.user)
    ? { wid }
    : "another_number";
}

/** Whether two numbers can be one: the same country and the same last seven digits. */
export function isSameNumber(asked: string, resolved: string): boolean {
  const tail = (digits: string): string => sliceText(digits, -7, digits.length);
  const head = (digits: string): string => sliceText(digits, 0, 1);
  return (
    head(asked) === head(resolved) &&
    tail(asked) === tail(resolved) &&
    asked.length - resolved.length <= 1 &&
    resolved.length - asked.length <= 1
  );
}
