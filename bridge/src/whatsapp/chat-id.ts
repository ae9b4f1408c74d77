import { matchText } from "../builtins";
import type { ChatId } from "../generated/protocol";
import { callMethod, read, readText } from "./read";

const PERSON = /^([0-9]{5,20})(?::[0-9]{1,6})?@(c\.us|lid)$/;

/** A chat with one person, apart: who, and in which of WhatsApp's two address books. */
export interface PersonChat {
  readonly user: string;
  readonly server: "c.us" | "lid";
  readonly chatId: ChatId;
}

/** Reads a Wid, or its text. Null for groups, channels, statuses and anything else. */
export function personChat(wid: unknown): PersonChat | null {
  const text = widText(wid);
  const parts = text === null ? null : matchText(PERSON, text);
  const user = parts?.[1];
  const server = parts?.[2];
  if (user === undefined || (server !== "c.us" && server !== "lid")) {
    return null;
  }
  return { user, server, chatId: `${user}@${server}` };
}

/** The text of a Wid or a message key; WhatsApp's newer versions keep no `_serialized`. */
export function widText(wid: unknown): string | null {
  if (typeof wid === "string") {
    return wid;
  }
  const kept = readText(wid, "_serialized");
  if (kept !== undefined) {
    return kept;
  }
  if (typeof read(wid, "toString") !== "function") {
    return null;
  }
  try {
    const text = callMethod(wid, "toString", []);
    return typeof text === "string" ? text : null;
  } catch {
    return null;
  }
}
