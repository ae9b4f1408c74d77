import { describe, expect, it } from "vitest";
import { MAX_DRAIN_BYTES, MAX_REPORTS_PER_DRAIN } from "../src/generated/protocol";
import { connectedPage, type FakePage } from "./fake-page";
import { LEAD, Wid } from "./fake-whatsapp";

function receive(page: FakePage, count: number, text = "hello"): void {
  for (let index = 0; index < count; index += 1) {
    page.whatsapp.receive(`${text} ${index}`, `${LEAD}@c.us`, `AC${index}`);
  }
}

/** Fetches everything as the app does: ask, acknowledge, ask again. */
function fetchAll(page: FakePage): { seqs: number[]; drains: number } {
  const seqs: number[] = [];
  let after = 0;
  for (let drains = 1; ; drains += 1) {
    const raw = page.drainRaw(after);
    expect(Buffer.byteLength(raw), "a drain stays within its bytes").toBeLessThanOrEqual(
      MAX_DRAIN_BYTES,
    );
    const drain = page.drain(after);
    expect(drain.reports.length).toBeLessThanOrEqual(MAX_REPORTS_PER_DRAIN);
    seqs.push(...drain.reports.map((report) => report.seq));
    after = seqs[seqs.length - 1] ?? after;
    if (!drain.more) {
      return { seqs, drains };
    }
  }
}

describe("incoming texts", () => {
  it("are told with their chat, sender, text and time", () => {
    const page = connectedPage();
    page.whatsapp.receive('Oi! 👋 \u0000 "quoted"');
    expect(page.drain().reports).toEqual([
      {
        seq: 1,
        event: {
          type: "incoming",
          waMessageId: "AC0123456789ABCDEF",
          chatId: `${LEAD}@c.us`,
          phone: `+${LEAD}`,
          text: 'Oi! 👋 \u0000 "quoted"',
          atMs: 1_750_000_200_000,
        },
      },
    ]);
  });

  it("from a lid carry the number where the page knows it", () => {
    const page = connectedPage();
    page.whatsapp.receive("one", "800000000000001@lid", "AC1");
    page.whatsapp.phoneOfLid = () => new Wid(`${LEAD}@c.us`);
    page.whatsapp.receive("two", "800000000000001@lid", "AC2");
    expect(page.drain().reports.map((report) => report.event)).toMatchObject([
      { chatId: "800000000000001@lid", phone: null },
      { chatId: "800000000000001@lid", phone: `+${LEAD}` },
    ]);
  });

  it("are not history, our own, groups, statuses, media or notices", () => {
    const page = connectedPage();
    page.whatsapp.receive("history", undefined, "AC1", { isNewMsg: false });
    page.whatsapp.receive("group", "120363000000000000@g.us", "AC2");
    page.whatsapp.receive("status", "status@broadcast", "AC3");
    page.whatsapp.receive("base64", undefined, "AC4", { type: "image" });
    page.whatsapp.receive("", undefined, "AC5");
    page.whatsapp.receive(undefined, undefined, "AC6");
    expect(page.drain().reports).toEqual([]);
  });

  it("that came just before the bridge could listen are told, history is not", () => {
    const page = connectedPage();
    const later = connectedPage({ whatsapp: page.whatsapp });
    expect(later.drain().reports).toEqual([]);
    page.whatsapp.receive("early");
    page.whatsapp.receive("old", undefined, "AC9", { isNewMsg: false });
    const third = connectedPage({ whatsapp: page.whatsapp });
    expect(third.drain().reports).toMatchObject([{ event: { text: "early" } }]);
  });

  it("too long for a drain are cut, and their report still fits", () => {
    const page = connectedPage();
    page.whatsapp.receive("\u0001".repeat(65_000), undefined, "AC1");
    page.whatsapp.receive("👋".repeat(32_000), undefined, "AC2");
    page.whatsapp.receive("a".repeat(60_000), undefined, "AC3");
    expect(fetchAll(page)).toEqual({ seqs: [1, 2, 3], drains: 3 });
  });
});

describe("a drain", () => {
  it("gives at most 64 reports, in order and without gaps, and says that there is more", () => {
    const page = connectedPage();
    receive(page, 200);
    const { seqs, drains } = fetchAll(page);
    expect(seqs).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(drains).toBe(4);
  });

  it("gives at most 64 KiB", () => {
    const page = connectedPage();
    receive(page, 40, "x".repeat(9_000));
    expect(fetchAll(page).seqs).toHaveLength(40);
  });

  it("is repeatable until its reports are acknowledged, then forgets them", () => {
    const page = connectedPage();
    receive(page, 3);
    const first = page.drainRaw(0);
    expect(page.drainRaw(0)).toBe(first);
    expect(page.drain(2).reports.map((report) => report.seq)).toEqual([3]);
    expect(page.drain(0).reports.map((report) => report.seq)).toEqual([3]);
    expect(page.probe().lastSeq).toBe(3);
  });

  it("with a number of another page acknowledges nothing", () => {
    const page = connectedPage();
    receive(page, 5);
    expect(page.drain(4).reports, "4 was never handed out by this page").toHaveLength(5);
    expect(page.drain(9_999).reports).toHaveLength(5);
    expect(page.drain(4).reports.map((report) => report.seq)).toEqual([5]);
  });

  it.each([[-1], [1.5], [Number.NaN], ["1"], [undefined], [{}]])("refuses %s", (after) => {
    expect(JSON.parse(connectedPage().drainRaw(after))).toMatchObject({
      ok: false,
      problem: { code: "bad_request" },
    });
  });
});

describe("a page that is not drained", () => {
  it("keeps a bounded number of reports, loses none, and refuses commands meanwhile", () => {
    const page = connectedPage();
    receive(page, 2_500);
    expect(page.probe().lastSeq, "the rest waits outside of the log").toBe(2_048);
    expect(page.submit({ type: "mark", marker: "x" })).toMatchObject({
      ok: false,
      problem: { code: "too_many_requests" },
    });
    const { seqs } = fetchAll(page);
    expect(seqs).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
    expect(page.submit({ type: "mark", marker: "x" })).toMatchObject({ ok: true });
  });
});
