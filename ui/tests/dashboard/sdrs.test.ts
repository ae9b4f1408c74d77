import { describe, expect, test } from "vitest";
import { Api } from "../../src/dashboard/api";
import { Linking, pairingCode } from "../../src/dashboard/sdrs/linking.svelte";
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
    expect(linking.step(out, 0)).toBe("start");
    await linking.ask();
    expect(calls[0]?.body).toEqual({ method: "qr" });
    expect(linking.step(out, 0), "that there is no code yet is no problem").toBe("waiting");
    expect(linking.problem).toBeNull();
    shown = true;
    await linking.read(1_000);
    expect(linking.step(out, 0)).toBe("code");
    expect(linking.code).toEqual({ method: "qr", value: "2@abc", untilMs: 21_000, lifeMs: 20_000 });
    expect(linking.step(sdr(), 0)).toBe("linked");
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
    expect(linking.code).toEqual({ method: "qr", value: "2@abc", untilMs: 5_000, lifeMs: 20_000 });
  });

  test("without a desktop it says so and nothing is waited for", async () => {
    const problem = { code: "other_desktop", message: "No desktop is running." };
    const { ask } = server({ [ASK]: { status: 409, body: problem } });
    const linking = new Linking(new Api(ask), "john");
    await linking.ask();
    expect(linking.problem).toEqual(problem);
    expect(linking.step(out, 0)).toBe("start");
  });

  test("an SDR who was linked before is not told to be linked now", () => {
    const linking = new Linking(new Api(server({}).ask), "john");
    expect(linking.step(sdr(), 0)).toBe("start");
  });

  /** A server that shows these codes, one after the other. */
  function showing(...codes: { method?: string; value: string }[]) {
    const next = () => (codes.length > 1 ? codes.shift() : codes[0]);
    return server({
      [ASK]: { status: 202 },
      [QR]: () => ({ body: { sdrId: "john", expiresInMs: 20_000, ...next() } }),
    });
  }

  test("a pairing code is asked for a number, and the QR code of before is not taken for it", async () => {
    const { ask, calls } = showing(
      { method: "qr", value: "2@abc" },
      { method: "qr", value: "2@def" },
      { method: "code", value: "ABCD1234" },
    );
    const linking = new Linking(new Api(ask), "john");
    await linking.ask();
    await linking.choose("code");
    expect(linking.step(out, 0), "first its number").toBe("start");
    await linking.ask("11 96000-0001", 0);
    const asked = calls.filter((call) => call.method === "POST").at(-1);
    expect(asked?.body).toEqual({ method: "code", phone: "11 96000-0001" });
    expect(linking.step(out, 44_999)).toBe("waiting");
    expect(linking.step(out, 45_000), "longer than it ever takes").toBe("slow");
    await linking.read(0);
    expect(linking.step(out, 60_000)).toBe("code");
    expect(linking.code?.value).toBe("ABCD1234");
  });

  test("whoever goes back to the QR code does not get the pairing code of before", async () => {
    const { ask, calls } = showing(
      { method: "qr", value: "2@abc" },
      { method: "code", value: "ABCD1234" },
      { method: "code", value: "ABCD1234" },
      { method: "qr", value: "2@def" },
    );
    const linking = new Linking(new Api(ask), "john");
    await linking.ask();
    await linking.choose("code");
    await linking.ask("11 96000-0001");
    expect(linking.code?.value).toBe("ABCD1234");
    await linking.choose("qr");
    expect(calls.at(-2)?.body, "the desktop is told").toEqual({ method: "qr" });
    expect([linking.method, linking.code]).toEqual(["qr", null]);
    await linking.read();
    expect(linking.code?.value).toBe("2@def");
  });

  test("a pairing code that somebody asked for at the desktop is shown as one", async () => {
    const { ask } = showing({ value: "2@abc" }, { method: "code", value: "ABCD1234" });
    const linking = new Linking(new Api(ask), "john");
    await linking.ask();
    expect(linking.code?.method, "an older desktop says nothing of it").toBe("qr");
    await linking.read();
    expect([linking.method, linking.code?.value]).toEqual(["code", "ABCD1234"]);
  });

  test("a number that is refused leaves the form as it is, with why", async () => {
    const problem = { code: "bad_request", message: "A pairing code is for a phone number." };
    const { ask } = server({ [ASK]: { status: 400, body: problem } });
    const linking = new Linking(new Api(ask), "john");
    await linking.choose("code");
    await linking.ask("12");
    expect([linking.problem, linking.step(out, 0)]).toEqual([problem, "start"]);
    await linking.choose("qr");
    expect(linking.method).toBe("qr");
  });

  test("a pairing code is written to be read", () => {
    expect(pairingCode("abcd-1234")).toBe("ABCD 1234");
  });
});
