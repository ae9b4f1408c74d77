import { describe, expect, test } from "vitest";
import { Api } from "../../src/dashboard/api";
import { isPairingCode, Linking, pairingCode } from "../../src/dashboard/sdrs/linking.svelte";
import {
  isLinked,
  officeLine,
  sdrStatus,
  sinceLine,
  troubleLine,
} from "../../src/dashboard/sdrs/status";
import { sdr, server } from "./support/office";

const session = (changes: object) => ({
  ...(sdr().session as NonNullable<ReturnType<typeof sdr>["session"]>),
  ...changes,
});

describe("what is said of an SDR", () => {
  test("a session that nobody hears of is not called connected", () => {
    const away = sdr({ online: false });
    expect(sdrStatus(away).label).toBe("No desktop");
    expect(isLinked(away)).toBe(false);
    expect(sinceLine(away, 2_000_000)).toMatch(/^last seen /);
    expect(officeLine([away, sdr()])).toContain("1 of 2 connected");
  });

  test("a wish is shown until it is so, a code to scan is not hidden by it", () => {
    const closed = session({ state: "closed", connected: false });
    expect(sdrStatus(sdr({ wish: "link", session: closed })).label).toBe("Connecting");
    const qr = session({ state: "qr", connected: false });
    expect(sdrStatus(sdr({ wish: "link", session: qr })).label).toBe("Scan the QR code");
    expect(sdrStatus(sdr({ wish: "disconnect" })).label).toBe("Disconnecting");
  });

  test("paused is said of a connected session only", () => {
    expect(sdrStatus(sdr({ paused: true })).label).toBe("Paused");
    const out = session({ state: "logged_out", connected: false });
    expect(sdrStatus(sdr({ paused: true, session: out })).label).toBe("Logged out");
  });

  test("a problem is told in the server’s words; a healthy session needs none", () => {
    expect(troubleLine(sdr())).toBeNull();
    const problem = { code: "wrong_account", message: "This is not John’s number." };
    const told = troubleLine(sdr({ session: session({ problem, state: "stopped" }) }));
    expect(told).toEqual({
      title: "Another number was linked",
      text: "This is not John’s number.",
    });
  });

  test("what needs a hand is counted over the list", () => {
    const qr = sdr({ session: session({ state: "qr", connected: false }) });
    const stopped = sdr({ session: session({ state: "stopped", connected: false }) });
    expect(officeLine([sdr(), qr, stopped])).toBe(
      "1 of 3 connected · 9 queued · 15 sent today · 2 to look at",
    );
    expect(officeLine([sdr()])).toBe("1 of 1 connected · 3 queued · 5 sent today");
  });
});

describe("linking from the browser", () => {
  const QR = "GET /api/sdr/whatsapp/qr?sdrId=john";
  const ASK = "POST /api/sdrs/john/whatsapp/connect";
  const out = sdr({ session: session({ state: "closed", connected: false }) });

  test("it asks the desktop, waits for its code, shows it, and ends when the phone has scanned it", async () => {
    let shown = false;
    const { ask, calls } = server({
      [ASK]: { status: 202 },
      [QR]: () =>
        shown
          ? { body: { sdrId: "john", value: "2@abc", expiresInMs: 20_000 } }
          : { status: 404, body: { code: "not_found", message: "No code is shown." } },
    });
    const linking = new Linking(new Api(ask), "john");
    expect(linking.step(out)).toBe("start");
    await linking.ask();
    expect(calls[0]?.body).toEqual({ method: "qr" });
    expect(linking.step(out), "that there is no code yet is no problem").toBe("waiting");
    expect(linking.problem).toBeNull();
    shown = true;
    await linking.read(1_000);
    expect(linking.step(out)).toBe("code");
    expect(linking.code).toEqual({ value: "2@abc", untilMs: 21_000, lifeMs: 20_000 });
    expect(linking.step(sdr())).toBe("linked");
  });

  test("the ring of a code that is read again does not start anew", async () => {
    let left = 20_000;
    const { ask } = server({
      [ASK]: { status: 202 },
      [QR]: () => ({ body: { sdrId: "john", value: "2@abc", expiresInMs: left } }),
    });
    const linking = new Linking(new Api(ask), "john");
    await linking.ask();
    left = 5_000;
    await linking.read(0);
    expect(linking.code).toEqual({ value: "2@abc", untilMs: 5_000, lifeMs: 20_000 });
  });

  test("without a desktop it says so and nothing is waited for", async () => {
    const problem = { code: "other_desktop", message: "No desktop is running." };
    const { ask } = server({ [ASK]: { status: 409, body: problem } });
    const linking = new Linking(new Api(ask), "john");
    await linking.ask();
    expect(linking.problem).toEqual(problem);
    expect(linking.step(out)).toBe("start");
  });

  test("an SDR who was linked before is not told to be linked now", () => {
    const linking = new Linking(new Api(server({}).ask), "john");
    expect(linking.step(sdr())).toBe("start");
  });

  test("a pairing code is told from a QR code and written to be read", () => {
    expect(isPairingCode("ABCD1234")).toBe(true);
    expect(isPairingCode("ABCD-1234")).toBe(true);
    expect(isPairingCode("2@Zm9yIHRoZQ==,a,b")).toBe(false);
    expect(pairingCode("abcd-1234")).toBe("ABCD 1234");
  });
});
