import { describe, expect, test } from "vitest";
import { paletteEntries } from "../src/app/palette";
import { remedyOf } from "../src/app/remedy";
import {
  actionsOf,
  pageIsShowable,
  runLine,
  stationsOf,
  statusOf,
  troubleOf,
} from "../src/lib/status";
import { message, office, sdr } from "./fixtures/scenes";

describe("status", () => {
  test("signed out beats everything", () => {
    expect(statusOf(sdr({ signedOut: true, paused: true })).label).toBe("Signed out");
  });

  test("paused beats connected, but not a code that waits to be scanned", () => {
    expect(statusOf(sdr({ paused: true })).label).toBe("Paused");
    expect(statusOf(sdr({ paused: true, state: "qr" })).label).toBe("Scan the QR code");
  });

  test("a run that goes on says sending; a finished one does not", () => {
    const run = { done: 3, total: 10, perMinute: 5, leftMs: 90_000 };
    expect(statusOf(sdr({ run })).label).toBe("Sending");
    expect(statusOf(sdr({ run: { ...run, done: 10 } })).label).toBe("Connected");
  });

  test("the page of a signed-out or crashed SDR is not shown", () => {
    expect(pageIsShowable(sdr())).toBe(true);
    expect(pageIsShowable(sdr({ signedOut: true }))).toBe(false);
    expect(pageIsShowable(sdr({ state: "crashed" }))).toBe(false);
    expect(pageIsShowable(sdr({ pageOpen: false }))).toBe(false);
  });
});

describe("actions", () => {
  test("a closed session can be connected and not disconnected", () => {
    const can = actionsOf(sdr({ state: "closed", pageOpen: false }));
    expect([can.connect, can.disconnect, can.refreshQr, can.unlink]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("a stopped session can be resumed although nobody paused it", () => {
    const can = actionsOf(sdr({ state: "stopped" }));
    expect([can.resume, can.pause]).toEqual([true, false]);
  });

  test("a session that is signed out offers signing in and no order", () => {
    const out = sdr({ signedOut: true, pageOpen: false, state: "closed" });
    expect(Object.values(actionsOf(out)).some(Boolean)).toBe(false);
    expect(remedyOf(out)?.does).toBe("sign_in");
  });

  test("a stop without a remedy of its own offers to try again", () => {
    const problem = { code: "bad_config", message: "x" } as const;
    expect(remedyOf(sdr({ state: "stopped", problem }))?.does).toBe("resume");
  });
});

describe("remedies", () => {
  const remedies: readonly [Partial<Parameters<typeof sdr>[0]>, string | undefined][] = [
    [{ state: "closed", pageOpen: false }, "connect"],
    [{ state: "hibernated", pageOpen: false }, "connect"],
    [{ state: "logged_out", pageOpen: false }, "connect"],
    [{ state: "logged_out" }, "reload"],
    [{ state: "conflict" }, "use_here"],
    [{ state: "offline" }, "reload"],
    [{ state: "needs_update" }, "reload"],
    [{ state: "crashed" }, undefined],
    [{ state: "starting" }, undefined],
    [{ state: "connected" }, undefined],
    [{ state: "starting", problem: { code: "page_slow", message: "x" } }, "reload"],
    [{ state: "stopped", problem: { code: "ack_stuck", message: "x" } }, "reload"],
    [{ state: "stopped", problem: { code: "self_test_failed", message: "x" } }, "reload"],
    [{ state: "stopped", problem: { code: "page_unresponsive", message: "x" } }, "reload"],
    [{ state: "stopped", problem: { code: "page_crashed", message: "x" } }, "reload"],
    [{ state: "stopped", problem: { code: "whatsapp_refused", message: "x" } }, "resume"],
    [{ state: "stopped", problem: { code: "store_failed", message: "x" } }, "resume"],
    [{ state: "stopped", problem: { code: "wrong_account", message: "x" } }, "unlink"],
    [{ state: "connected", problem: { code: "unreachable", message: "x" } }, undefined],
  ];
  test.each(remedies)("of %o is %s", (changes, does) => {
    expect(remedyOf(sdr(changes))?.does).toBe(does);
  });

  test("a state a person can help is told over the page, a working one is not", () => {
    expect(troubleOf(sdr({ state: "conflict" }))?.title).toBe("Open elsewhere");
    expect(troubleOf(sdr({ state: "offline" }))?.text).toContain("nothing is lost");
    expect(troubleOf(sdr())).toBeNull();
    expect(troubleOf(sdr({ state: "qr" }))).toBeNull();
  });
});

describe("run", () => {
  test("says how far, how fast and how long", () => {
    expect(runLine({ done: 12, total: 30, perMinute: 24, leftMs: 44_000 })).toBe(
      "12 of 30 · 24 a minute · about 45 s left",
    );
  });

  test("leaves out what is not known", () => {
    expect(runLine({ done: 0, total: 30, perMinute: 0, leftMs: null })).toBe("0 of 30");
    expect(runLine({ done: 30, total: 30, perMinute: 0, leftMs: null })).toBe("30 messages done");
  });
});

describe("a message’s way", () => {
  test("shows what is ahead of it", () => {
    const { state, steps } = message("m", "Ana", "sent");
    const way = stationsOf(state, steps);
    expect(way.map((station) => station.reached)).toEqual([true, true, true, false, false]);
    expect(way[4]?.atMs, "not read yet").toBeNull();
  });

  test("counts a stage as passed when a later one is known", () => {
    const way = stationsOf("read", [{ state: "read", atMs: 5 }]);
    expect(way.every((station) => station.reached)).toBe(true);
  });

  test("ends with the failure and shows nothing ahead of it", () => {
    const { state, steps } = message("m", "Ana", "failed");
    expect(stationsOf(state, steps).map((station) => station.state)).toEqual([
      "queued",
      "begun",
      "failed",
    ]);
  });
});

describe("palette entries", () => {
  const view = office([sdr(), sdr({ id: "jane", name: "Jané Costa", phone: "+5511960000002" })]);

  test("an SDR is found without accents, by part of the number, and by e-mail", () => {
    expect(paletteEntries(view, "jane")[0]?.id).toBe("show-jane");
    expect(paletteEntries(view, "0002")[0]?.id).toBe("show-jane");
    expect(paletteEntries(view, "john@hot")[0]?.id).toBe("show-john");
  });

  test("orders appear only where they make sense", () => {
    const ids = paletteEntries(view, "john").map((entry) => entry.id);
    expect(ids).toContain("Pause-john");
    expect(ids).not.toContain("Resume-john");
  });
});
