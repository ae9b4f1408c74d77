import { describe, expect, it } from "vitest";
import { connectedPage, FakePage } from "./fake-page";

const COMMAND = { type: "link_by_code", phone: "+5511960000001" };
const LIFE_MS = 180_000;

/** A page that shows a QR code. */
function unlinkedPage(): FakePage {
  const page = new FakePage();
  page.whatsapp.conn.ref = "2@reference";
  page.whatsapp.show("div[data-ref]", { "data-ref": "2@reference" });
  page.settle();
  return page;
}

/** The same, given a code by WhatsApp. */
async function pairingPage(): Promise<FakePage> {
  const page = unlinkedPage();
  expect(page.submit(COMMAND).ok).toBe(true);
  await page.turn();
  return page;
}

describe("a pairing code", () => {
  it("is asked for as the page asks, for digits without the plus, and is told in the place of the QR code", async () => {
    const page = await pairingPage();
    expect(page.whatsapp.pairing).toEqual([
      "ALT_DEVICE_LINKING",
      "initialize",
      ["5511960000001", true],
    ]);
    expect(page.probe()).toMatchObject({
      state: "pairing_code",
      qr: null,
      pairingCode: { value: "ABCD1234", expiresInMs: LIFE_MS },
    });
  });

  it("is told with what is left of its time, and then as codes that have run out", async () => {
    const page = await pairingPage();
    page.clockMs += 60_000;
    expect(page.probe().pairingCode?.expiresInMs).toBe(LIFE_MS - 60_000);
    page.clockMs += 120_000;
    expect(page.probe()).toMatchObject({
      state: "qr",
      qr: null,
      qrExpired: true,
      pairingCode: null,
    });
  });

  it("hides the QR code from when it is asked for: WhatsApp may take that one no more", async () => {
    const page = unlinkedPage();
    page.whatsapp.pairingCode = () => new Promise(() => undefined);
    page.submit(COMMAND);
    await page.turn();
    expect(page.probe()).toMatchObject({ state: "qr", qr: null, qrExpired: false });
    page.clockMs += LIFE_MS;
    expect(page.probe(), "it never came").toMatchObject({ qr: null, qrExpired: true });
  });

  it("gives way to QR codes when a fresh one is asked for", async () => {
    const page = await pairingPage();
    page.submit({ type: "refresh_qr" });
    expect(page.whatsapp.pairing.slice(-1)).toEqual(["back"]);
    expect(page.whatsapp.clicks, "what the page shows is not pressed").toBe(0);
    expect(page.probe()).toMatchObject({ state: "qr", qr: "2@reference", pairingCode: null });
  });

  it.each([
    ["WhatsApp gives none", () => Promise.reject(new Error("rate-overlimit"))],
    [
      "WhatsApp throws",
      () => {
        throw new Error("t: t");
      },
    ],
    ["it is no code", async () => "<b>ABCD1234</b>"],
    ["it is no text", async () => ({ code: "ABCD1234" })],
  ])("leaves the QR code where %s", async (_, give) => {
    const page = unlinkedPage();
    page.whatsapp.pairingCode = give;
    page.submit(COMMAND);
    await page.turn();
    expect(page.whatsapp.pairing.slice(-1)).toEqual(["back"]);
    expect(page.probe()).toMatchObject({ state: "qr", qr: "2@reference", pairingCode: null });
  });

  it("is the last one asked for, however late an earlier one comes", async () => {
    const page = unlinkedPage();
    let giveFirst: (code: string) => void = () => undefined;
    page.whatsapp.pairingCode = () => new Promise((resolve) => (giveFirst = resolve));
    page.submit(COMMAND);
    await page.turn();
    page.whatsapp.pairingCode = async () => "WXYZ5678";
    page.submit(COMMAND);
    await page.turn();
    giveFirst("ABCD1234");
    await page.turn();
    expect(page.probe().pairingCode?.value).toBe("WXYZ5678");
  });

  it("that a person asked for on the page itself is told as well", () => {
    const page = unlinkedPage();
    page.whatsapp.elements.clear();
    page.whatsapp.show("[data-link-code]", { "data-link-code": "A,B,C,D,1,2,3,4" });
    expect(page.probe()).toMatchObject({
      state: "pairing_code",
      pairingCode: { value: "ABCD1234" },
    });
  });

  it("is never asked for on a page that is linked, and none is told there", async () => {
    const page = connectedPage();
    expect(page.submit(COMMAND)).toMatchObject({ ok: false, problem: { code: "not_now" } });
    expect(page.whatsapp.pairing).toEqual([]);
    const pairing = await pairingPage();
    pairing.whatsapp.link();
    expect(pairing.probe()).toMatchObject({ state: "connected", pairingCode: null });
    pairing.whatsapp.loggedIn = false;
    pairing.whatsapp.elements.clear();
    pairing.whatsapp.show("div[data-ref]", { "data-ref": "2@other" });
    expect(pairing.probe(), "and it is forgotten").toMatchObject({ qr: "2@other" });
  });

  it("is refused in words where the page has no way to give one", () => {
    const page = unlinkedPage();
    page.whatsapp.modules.delete("WAWebAltDeviceLinkingApi");
    const refused = page.submit(COMMAND);
    expect(refused).toMatchObject({ ok: false, problem: { code: "page_unresponsive" } });
    expect(page.probe()).toMatchObject({ state: "qr", qr: "2@reference" });
  });

  it.each([{}, { phone: "11960000001" }, { phone: 5 }, { phone: "+55 11" }])(
    "is for a number: %j is refused",
    (given) => {
      const page = unlinkedPage();
      const refused = page.submit({ type: "link_by_code", ...given });
      expect(refused).toMatchObject({ ok: false, problem: { code: "bad_request" } });
    },
  );
});
