import type { Ack } from "../generated/protocol";

/** WhatsApp's number for a tick, as a word. What is no number is a clock: nothing is confirmed. */
export function readAck(ack: unknown): Ack {
  if (typeof ack !== "number") {
    return "clock";
  }
  if (ack < 0) {
    return "error";
  }
  switch (ack) {
    case 1:
      return "server";
    case 2:
      return "device";
    case 3:
      return "read";
    case 4:
      return "played";
    default:
      return "clock";
  }
}
