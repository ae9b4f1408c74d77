import { fileName } from "../../lib/format";
import type { LeadAnswer, MessageState } from "../wire";

/** One piece of a lead's thread. */
export type ThreadItem =
  | {
      kind: "ours";
      key: string;
      atMs: number;
      text: string;
      /** The text was taken out. */
      gone: boolean;
      fileName: string | null;
      state: MessageState;
    }
  | { kind: "theirs"; key: string; atMs: number; text: string; gone: boolean };

/** Messages and answers as one conversation, oldest first. */
export function threadOf(answer: LeadAnswer): ThreadItem[] {
  const ours = answer.messages.map(
    (message): ThreadItem => ({
      kind: "ours",
      key: message.messageId,
      atMs: message.sentAtMs ?? message.createdAtMs,
      text: message.text,
      gone: message.textGone,
      fileName: fileName(message.file),
      state: message.state,
    }),
  );
  const theirs = answer.replies.map(
    (reply): ThreadItem => ({
      kind: "theirs",
      key: reply.waMessageId,
      atMs: reply.atMs,
      text: reply.text,
      gone: reply.text === "",
    }),
  );
  return [...ours, ...theirs].sort((a, b) => a.atMs - b.atMs);
}
