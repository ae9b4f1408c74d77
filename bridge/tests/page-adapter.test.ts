import { describe, expect, it } from "vitest";
import type { SessionState } from "../src/generated/protocol";
import { connectedPage, FakePage } from "./fake-page";
import { FakeWhatsapp, LEAD, ME } from "./fake-whatsapp";

const ID = "3EB0AAAAAAAAAAAAAAAAAA";
const SEND = {
  type: "send_text",
  messageId: "message-1",
  waMessageId: ID,
  phone: `+${LEAD}`,
  text: "Hello",
};
const CODE = "https://wa.me/settings/linked_devices#ref,noise,identity,adv";

/** A page whose modules for the state and the code are gone. */
function blindPage(whatsapp = new FakeWhatsapp(), search = ""): FakePage {
  whatsapp.modules.delete("WAWebStreamModel");
  whatsapp.modules.delete("WAWebConnModel");
  const page = new FakePage({ whatsapp, search });
  page.settle();
  return page;
}

describe("a page whose modules do not tell the state", () => {
  const shown: readonly [string, string, SessionState][] = [
    ["a QR code", "div[data-ref]", "qr"],
    ["a button for a fresh code", "button[data-testid='refresh-qr']", "qr"],
    ["a pairing code", "[data-link-code]", "pairing_code"],
    ["a passkey prompt", "[data-testid='passkey-prompt']", "passkey"],
    ["its chats", "#side", "connected"],
    ["a progress bar", "progress", "syncing"],
    ["that it logs out", "[data-testid='logging-out']", "logged_out"],
    ["a question instead of its chats", "div[role='dialog']", "conflict"],
  ];
  it.each(shown)("is read by what it shows: %s", (_, selector, state) => {
    const page = blindPage();
    page.whatsapp.show(selector);
    expect(page.probe()).toMatchObject({ adapter: "page", state, missing: ["state", "qr"] });
  });

  it("is starting while it shows nothing, and logged out by its address", () => {
    expect(blindPage().probe().state).toBe("starting");
    expect(blindPage(new FakeWhatsapp(), "?post_logout=1").probe().state).toBe("logged_out");
  });

  it("keeps its chats under a dialog", () => {
    const page = blindPage();
    page.whatsapp.show("#side");
    page.whatsapp.show("div[role='dialog']");
    expect(page.probe().state, "a question over the chats is no conflict").toBe("connected");
  });

  it("still tells the code and that the codes have run out", () => {
    const page = blindPage();
    page.whatsapp.show("div[data-ref]", { "data-ref": CODE });
    expect(page.probe()).toMatchObject({ qr: CODE, qrExpired: false });
    page.whatsapp.show("div[data-ref]", { "data-ref": "x".repeat(3_000) });
    expect(page.probe().qr, "no code is that long").toBeNull();
    page.whatsapp.show("button[data-testid='refresh-qr']");
    expect(page.probe()).toMatchObject({ qr: null, qrExpired: true });
  });

  it("is asked for a fresh code by its own button", () => {
    const page = blindPage();
    page.whatsapp.show("button[data-testid='refresh-qr']");
    expect(page.submit({ type: "refresh_qr" })).toMatchObject({ ok: true });
    expect(page.whatsapp).toMatchObject({ clicks: 1, refreshes: 0 });
  });

  it("tells the account the modules still know, so that a wrong one is noticed", () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.link();
    expect(blindPage(whatsapp).probe().account).toMatchObject({ phone: `+${ME}` });
  });

  it("never sends, and says so", async () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.link();
    const page = blindPage(whatsapp);
    expect(page.submit(SEND)).toMatchObject({ ok: true });
    await page.turn();
    expect(whatsapp.handed).toEqual([]);
    expect(page.drain().reports.map((report) => report.event)).toMatchObject([
      { type: "not_submitted", problem: { code: "self_test_failed" } },
    ]);
  });
});

describe("a page that hides its registry", () => {
  it("is read by what it shows, lacks everything, and knows the fate of nothing", async () => {
    const page = new FakePage();
    page.realm.require = undefined;
    page.whatsapp.show("#side");
    const probe = page.settle();
    expect(probe).toMatchObject({ adapter: "page", state: "connected", account: null });
    expect(probe.missing).toHaveLength(8);
    page.submit(SEND);
    page.submit({ type: "look_up", messageId: "look", waMessageId: "3EB0BBBBBBBBBBBBBBBBBB" });
    expect(page.submit({ type: "log_out" })).toMatchObject({ ok: false });
    await page.turn();
    const events = page.drain().reports.map((report) => report.event);
    expect(events, "unknown is never told as absent").toMatchObject([
      { type: "not_submitted", problem: { code: "self_test_failed" } },
      { type: "unclear", messageId: "look" },
    ]);
  });
});

describe("a page that lacks only what a send needs", () => {
  it("is still read by its modules", () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.link();
    whatsapp.modules.delete("WAWebSendMsgChatAction");
    expect(new FakePage({ whatsapp }).settle()).toMatchObject({
      adapter: "modules",
      state: "connected",
      missing: ["send_text"],
    });
  });
});

describe("a dialog over the page", () => {
  it.each([
    ["The number +55 11 97000-0404 isn’t on WhatsApp.", "not_on_whatsapp"],
    ["O número +55\u00a011\u00a097000\u20110404 não está no WhatsApp.", "not_on_whatsapp"],
    ["Log this profile out?", "other"],
    ["WhatsApp has 3 new features", "other"],
  ])("saying “%s” is told as %s", (words, dialog) => {
    for (const page of [connectedPage(), blindPage()]) {
      page.whatsapp.show("#side");
      expect(page.probe().dialog, "none yet").toBeNull();
      page.whatsapp.show("div[role='dialog']", {}, words);
      expect(page.probe().dialog).toBe(dialog);
    }
  });

  it("instead of the chats asks to use WhatsApp here, which can be answered", () => {
    const page = blindPage();
    page.whatsapp.show("div[role='dialog']", {}, "WhatsApp is open in another window.");
    page.whatsapp.show("div[role='dialog'] button:last-of-type");
    expect(page.probe()).toMatchObject({ state: "conflict", dialog: "use_here" });
    expect(page.submit({ type: "use_here" })).toMatchObject({ ok: true });
    expect(page.whatsapp, "by its button").toMatchObject({ clicks: 1, takeovers: 0 });
    const whole = connectedPage();
    whole.whatsapp.stream.mode = "CONFLICT";
    whole.whatsapp.show("div[role='dialog']");
    expect(whole.probe()).toMatchObject({ state: "conflict", dialog: "use_here" });
    expect(whole.submit({ type: "use_here" })).toMatchObject({ ok: true });
    expect(whole.whatsapp, "by WhatsApp's own call").toMatchObject({ clicks: 0, takeovers: 1 });
  });

  it("without a button is not answered, and that is said", () => {
    expect(blindPage().submit({ type: "use_here" })).toMatchObject({ ok: false });
  });
});

describe("a chat opened for a person", () => {
  const COMPOSE = { type: "compose", phone: `+${LEAD}`, text: "Olá & tchau? #1" };

  it("is loaded by WhatsApp's own link, and nothing is handed over", async () => {
    const page = blindPage();
    page.whatsapp.show("#side");
    expect(page.submit(COMPOSE)).toMatchObject({ ok: true });
    await page.turn();
    const text = "Ol%C3%A1%20%26%20tchau%3F%20%231";
    expect(page.visited).toEqual([`/send?phone=${LEAD}&text=${text}`]);
    expect(page.whatsapp.handed).toEqual([]);
  });

  it("is refused where the page can send by itself, shows no chats, or the request is wrong", () => {
    const whole = connectedPage();
    expect(whole.submit(COMPOSE)).toMatchObject({ ok: false, problem: { code: "not_now" } });
    const asking = blindPage();
    asking.whatsapp.show("div[data-ref]");
    expect(asking.submit(COMPOSE)).toMatchObject({ ok: false, problem: { code: "not_now" } });
    const page = blindPage();
    page.whatsapp.show("#side");
    for (const wrong of [
      { phone: "5511" },
      { text: "" },
      { text: "é".repeat(2_049) },
      { text: 1 },
    ]) {
      expect(page.submit({ ...COMPOSE, ...wrong })).toMatchObject({
        ok: false,
        problem: { code: "bad_request" },
      });
    }
    expect([...whole.visited, ...asking.visited, ...page.visited]).toEqual([]);
  });
});
