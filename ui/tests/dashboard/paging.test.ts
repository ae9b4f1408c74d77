import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/dashboard/api";
import { type Page, Paging } from "../../src/dashboard/paging.svelte";
import { Reading } from "../../src/dashboard/reading.svelte";

/** Questions that a test answers when it wants to. */
function held<T>() {
  const open: ((outcome: Outcome<T>) => void)[] = [];
  const ask = () => new Promise<Outcome<T>>((resolve) => open.push(resolve));
  return { open, ask };
}
const ok = <T>(data: T): Outcome<T> => ({ status: "ok", data });
const failed: Outcome<never> = { status: "error", error: { code: "unreachable", message: "No." } };

describe("something that is read", () => {
  test("an answer that was overtaken does not count", async () => {
    const { open, ask } = held<string>();
    const reading = new Reading(ask);
    const both = [reading.load(), reading.load()];
    open[1]?.(ok("new"));
    open[0]?.(ok("old"));
    await Promise.all(both);
    expect(reading.data).toBe("new");
  });

  test("what was read stays when it cannot be read again, and the problem beside it", async () => {
    const { open, ask } = held<string>();
    const reading = new Reading(ask);
    const first = reading.load();
    open[0]?.(ok("known"));
    await first;
    const second = reading.load();
    open[1]?.(failed);
    await second;
    expect(reading.data).toBe("known");
    expect(reading.problem?.code).toBe("unreachable");
  });
});

/** Rows 0..total, by a cursor that is a place. */
function numbers(total: number) {
  const asked: { cursor: string | null; limit: number }[] = [];
  const ask = async (cursor: string | null, limit: number): Promise<Outcome<Page<number>>> => {
    asked.push({ cursor, limit });
    const from = Number(cursor ?? 0);
    const rows = Array.from({ length: Math.min(limit, total - from) }, (_, at) => from + at);
    const next = from + limit < total ? String(from + limit) : null;
    return ok({ rows, next, total });
  };
  return { asked, ask };
}

describe("a list in pages", () => {
  test("it grows page by page to its end, without a row twice or missing", async () => {
    const { ask } = numbers(250);
    const paging = new Paging(ask, String);
    await paging.load();
    expect(paging.rows).toHaveLength(100);
    await paging.grow();
    await paging.grow();
    await paging.grow();
    expect(paging.rows).toEqual(Array.from({ length: 250 }, (_, at) => at));
    expect(paging.next).toBeNull();
  });

  test("a row that moved behind the cursor meanwhile is not there twice", async () => {
    let turn = 0;
    const pages = [
      { rows: [1, 2, 3], next: "c", total: 5 },
      { rows: [3, 4, 5], next: null, total: 5 },
    ];
    const paging = new Paging<number>(
      async () => ok(pages[turn++] ?? { rows: [], next: null, total: 0 }),
      String,
    );
    await paging.load();
    await paging.grow();
    expect(paging.rows).toEqual([1, 2, 3, 4, 5]);
  });

  test("a page of the question before is not put under the new one", async () => {
    const { open, ask } = held<Page<string>>();
    const paging = new Paging(ask, String);
    const first = paging.load();
    open[0]?.(ok({ rows: ["a"], next: "c", total: 2 }));
    await first;
    const growing = paging.grow();
    const again = paging.restart();
    open[2]?.(ok({ rows: ["z"], next: null, total: 1 }));
    open[1]?.(ok({ rows: ["b"], next: null, total: 2 }));
    await Promise.all([growing, again]);
    expect(paging.rows).toEqual(["z"]);
  });

  test("a change reads again what fits one answer; a longer list is marked instead", async () => {
    const { ask, asked } = numbers(1_000);
    const paging = new Paging(ask, String);
    await paging.load();
    await paging.grow();
    await paging.refresh();
    expect(asked.at(-1)).toEqual({ cursor: null, limit: 200 });
    expect(paging.rows, "no row is lost by it").toHaveLength(200);
    await paging.grow();
    await paging.refresh();
    expect(paging.stale).toBe(true);
    expect(paging.rows).toHaveLength(300);
  });

  test("a call that gives fewer rows at once is never asked for more, and loses none of what is shown", async () => {
    const { ask, asked } = numbers(120);
    const paging = new Paging(ask, String, 50);
    await paging.load();
    await paging.refresh();
    await paging.grow();
    expect(paging.rows).toHaveLength(100);
    await paging.refresh();
    expect(paging.stale).toBe(true);
    expect(paging.rows).toHaveLength(100);
    expect(new Set(asked.map(({ limit }) => limit))).toEqual(new Set([50]));
  });

  test("a page that did not come can be asked for again", async () => {
    const { open, ask } = held<Page<string>>();
    const paging = new Paging(ask, String);
    const first = paging.load();
    open[0]?.(ok({ rows: ["a"], next: "c", total: 2 }));
    await first;
    const lost = paging.grow();
    open[1]?.(failed);
    await lost;
    expect(paging.problem?.code).toBe("unreachable");
    const again = paging.grow();
    open[2]?.(ok({ rows: ["b"], next: null, total: 2 }));
    await again;
    expect(paging.rows).toEqual(["a", "b"]);
    expect(paging.problem).toBeNull();
  });
});
