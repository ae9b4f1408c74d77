import type { SendOutcome } from "../adapter";
import { problem } from "../problem";

/** The one answer to every send: the page alone cannot send with a chosen id, so it never tries. */
export async function refuseSend(): Promise<SendOutcome> {
  return { type: "not_submitted", problem: LACKING };
}

const LACKING = problem(
  "self_test_failed",
  "WhatsApp's page lacks a part the sender needs, so only what it shows can be read. Nothing was sent; sending goes on when the page or this app is updated.",
);
