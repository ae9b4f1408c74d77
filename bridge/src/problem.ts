import type { Problem } from "./generated/protocol";

/** The codes the bridge uses. */
export type BridgeProblemCode =
  | "bad_request"
  | "forbidden"
  | "bad_phone"
  | "bad_text"
  | "bad_file"
  | "fenced"
  | "not_now"
  | "too_many_requests"
  | "self_test_failed"
  | "page_unresponsive"
  | "fate_unknown";

/** A problem with its words: what happened, what was not lost, what to do next. */
export function problem(code: BridgeProblemCode, message: string): Problem {
  return { code, message };
}
