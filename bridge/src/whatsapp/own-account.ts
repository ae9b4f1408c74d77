import { isInteger, matchText } from "../builtins";
import type { OwnAccount } from "../generated/protocol";
import { personChat, widText } from "./chat-id";
import { callFunction, read } from "./read";
import type { Registry } from "./registry";
import type { WantedName } from "./wanted";

const DEVICE = /:([0-9]{1,6})@/;

/** The linked account, once the page knows its number and this device's number. */
export function ownAccount(registry: Registry): OwnAccount | null {
  const phone = personChat(ask(registry, "myPhone"));
  const device = deviceNumber(ask(registry, "myDevice"));
  if (phone === null || phone.server !== "c.us" || device === null) {
    return null;
  }
  const lid = personChat(ask(registry, "myLid"));
  return { phone: `+${phone.user}`, device, lid: lid?.server === "lid" ? lid.chatId : null };
}

function ask(registry: Registry, name: WantedName): unknown {
  try {
    return callFunction(registry.get(name), []);
  } catch {
    return undefined;
  }
}

function deviceNumber(wid: unknown): number | null {
  const device = read(wid, "device");
  const number =
    typeof device === "string" || typeof device === "number"
      ? +device
      : +(matchText(DEVICE, widText(wid) ?? "")?.[1] ?? "NaN");
  return isInteger(number) && number >= 0 && number <= 0xffffffff ? number : null;
}
