import type { FoundMessage } from "./adapter";
import { makeMap, mapDelete, mapEach, mapGet, mapSet, mapSize } from "./builtins";
import type { Ack, WaMessageId } from "./generated/protocol";

/** Most messages watched at once; the oldest is let go. */
export const MAX_WATCHED = 1_024;

const RANK: { readonly [ack in Ack]: number } = {
  error: -1,
  clock: 0,
  server: 1,
  device: 2,
  read: 3,
  played: 4,
};

/** Which acks have been reported, so that each change is reported once and none is missed. */
export interface AckWatch {
  /** Begins to watch a message, whose ack is known to the app from now on. */
  watch(message: FoundMessage): void;
  /** Whether the app does not know this ack yet; it is taken to know it from now on. */
  isNews(message: FoundMessage): boolean;
  /** Whether any message is watched. */
  isWatching(): boolean;
  /** Whether the message is watched and not known to be read. */
  isAwaited(waMessageId: WaMessageId): boolean;
}

/** Watches nothing yet. */
export function openAckWatch(): AckWatch {
  const known = makeMap<WaMessageId, Ack>();

  function keep(message: FoundMessage): void {
    mapDelete(known, message.waMessageId);
    if (mapSize(known) >= MAX_WATCHED) {
      let oldest: WaMessageId | null = null;
      mapEach(known, (_, id) => {
        oldest ??= id;
      });
      if (oldest !== null) {
        mapDelete(known, oldest);
      }
    }
    mapSet(known, message.waMessageId, message.ack);
  }

  return {
    watch: keep,
    isNews(message) {
      const before = mapGet(known, message.waMessageId);
      if (before === message.ack) {
        return false;
      }
      const news =
        before === undefined || message.ack === "error" || RANK[message.ack] > RANK[before];
      if (news) {
        keep(message);
      }
      return news;
    },
    isWatching: () => mapSize(known) > 0,
    isAwaited(waMessageId) {
      const ack = mapGet(known, waMessageId);
      return ack !== undefined && RANK[ack] < RANK.read;
    },
  };
}
