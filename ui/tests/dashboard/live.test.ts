import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { atMostEvery, Live, type LiveEvent, REREAD_MS } from "../../src/dashboard/live.svelte";
import { FakeSource } from "./support/office";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function following() {
  const sources: FakeSource[] = [];
  const live = new Live(() => {
    const source = new FakeSource();
    sources.push(source);
    return source;
  });
  const told: (LiveEvent | null)[] = [];
  live.on((event) => told.push(event));
  const stop = live.start();
  return { live, sources, told, stop };
}

describe("the stream of events", () => {
  test("an event tells what to read again, and whose", () => {
    const { live, sources, told, stop } = following();
    sources[0]?.tell("hello");
    expect(live.state).toBe("connected");
    sources[0]?.tell("sdr", { id: "john" });
    sources[0]?.tell("queue", { id: null });
    expect(told, "null: everything").toEqual([{ kind: "sdr", sdrId: "john" }, null]);
    stop();
  });

  test("after a break everything is read again, as something may have been missed", () => {
    const { live, sources, told, stop } = following();
    sources[0]?.tell("hello");
    sources[0]?.breaks();
    expect(live.state).toBe("away");
    sources[0]?.tell("hello");
    expect(live.state).toBe("connected");
    expect(told).toEqual([null]);
    stop();
  });

  test("a stream that was given up for good is opened anew", () => {
    const { sources, stop } = following();
    sources[0]?.breaks(true);
    vi.advanceTimersByTime(5_000);
    expect(sources).toHaveLength(2);
    stop();
  });

  test("a broken stream of before says nothing about the one that took its place", () => {
    const { live, sources, stop } = following();
    sources[0]?.breaks(true);
    vi.advanceTimersByTime(5_000);
    sources[1]?.tell("hello");
    sources[0]?.breaks();
    expect(live.state).toBe("connected");
    stop();
  });

  test("without a word everything is read again every 30 s, and nothing once it is stopped", () => {
    const { sources, told, stop } = following();
    vi.advanceTimersByTime(REREAD_MS);
    expect(told).toEqual([null]);
    stop();
    vi.advanceTimersByTime(10 * REREAD_MS);
    expect(told).toHaveLength(1);
    expect(sources[0]?.readyState, "closed").toBe(2);
  });

  test("words that are no JSON are taken for “something has changed”", () => {
    const { sources, told, stop } = following();
    sources[0]?.tell("sdr", "no object");
    expect(told).toEqual([null]);
    stop();
  });
});

test("many events in a moment are read at once and once more at the end", () => {
  const act = vi.fn();
  const call = atMostEvery(1_000, act);
  for (let n = 0; n < 50; n += 1) call();
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(10_000);
  expect(act, "and no more").toHaveBeenCalledTimes(2);
});
