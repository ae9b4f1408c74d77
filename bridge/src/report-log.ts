import { makeMap, mapDelete, mapGet, mapSet, mapSize } from "./builtins";
import { encode, utf8Length } from "./encode";
import { type BridgeEvent, MAX_DRAIN_BYTES, MAX_REPORTS_PER_DRAIN } from "./generated/protocol";

/** Most reports kept before the bridge stops taking more of what can be had again later. */
export const MAX_KEPT_REPORTS = 2_048;
/** Most bytes of reports kept, likewise. */
export const MAX_KEPT_BYTES = 4 * 1024 * 1024;
/** Room left in a drain for what surrounds the reports. */
const FRAME_BYTES = 512;
/** Most bytes of one report, so that it always fits into a drain. */
export const MAX_REPORT_BYTES = MAX_DRAIN_BYTES - FRAME_BYTES;

/** Reports in order, kept as JSON text until the app has acknowledged them. */
export interface ReportLog {
  /** The highest report number so far; 0 for none. */
  lastSeq(): number;
  /** No room for reports that can be had again later. */
  full(): boolean;
  /** Adds a report. False, and nothing added, when it alone is larger than a drain. */
  add(event: BridgeEvent): boolean;
  /**
   * Forgets the reports up to `seq`, if an earlier answer had them. A number that no answer has
   * reached belongs to another page and acknowledges nothing.
   */
  acknowledge(seq: number): void;
  /** The reports not yet acknowledged, as many as fit, as the JSON of an array. */
  next(): { reports: string; more: boolean };
}

/** An empty log; its numbers start at 1. */
export function openReportLog(): ReportLog {
  const kept = makeMap<number, string>();
  let last = 0;
  let acknowledged = 0;
  let handedOut = 0;
  let bytes = 0;

  return {
    lastSeq: () => last,
    full: () => mapSize(kept) >= MAX_KEPT_REPORTS || bytes >= MAX_KEPT_BYTES,
    add(event) {
      const text = encode({ seq: last + 1, event });
      const size = utf8Length(text);
      if (size > MAX_REPORT_BYTES) {
        return false;
      }
      last += 1;
      bytes += size;
      mapSet(kept, last, text);
      return true;
    },
    acknowledge(seq) {
      while (seq <= handedOut && acknowledged < seq) {
        acknowledged += 1;
        bytes -= utf8Length(mapGet(kept, acknowledged) ?? "");
        mapDelete(kept, acknowledged);
      }
    },
    next() {
      let reports = "";
      let size = 0;
      let count = 0;
      let seq = acknowledged;
      while (seq < last && count < MAX_REPORTS_PER_DRAIN) {
        const text = mapGet(kept, seq + 1) ?? "";
        const longer = size + utf8Length(text) + 1;
        if (longer > MAX_REPORT_BYTES + 1) {
          break;
        }
        reports += (count === 0 ? "" : ",") + text;
        size = longer;
        count += 1;
        seq += 1;
      }
      if (seq > handedOut) {
        handedOut = seq;
      }
      return { reports: `[${reports}]`, more: seq < last };
    },
  };
}
