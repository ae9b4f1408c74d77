import { describe, expect, it } from "vitest";
import type { SessionState } from "../src/generated/protocol";
import { connectedPage, FakePage } from "./fake-page";
import { FakeWhatsapp, LEAD, ME, throwing, Wid } from "./fake-whatsapp";

const QR = "https://wa.me/settings/linked_devices#2@abc,def,ghi,jkl";

describe("the state", () => {
  it("is starting, with nothing missing, while the page registers its modules", () => {
    const whatsapp = new FakeWhatsapp();
    const late = whatsapp.modules.get("WAWebMsgCollection");
    whatsapp.modules.delete("WAWebMsgCollection");
    const page = new FakePage({ whatsapp });
    expect(page.probe()).toMatchObject({ state: "starting", missing: [], qr: null, lastSeq: 0 });
    page.clockMs += 700;
    whatsapp.modules.set("WAWebMsgCollection", late);
    expect(page.probe().missing, "the registry grew: not settled").toEqual([]);
    page.clockMs += 700;
    expect(page.probe().missing).toEqual([]);
    expect(whatsapp.required, "no module is run before the page runs it").toEqual([]);
    page.clockMs += 100;
    expect(page.probe().missing, "settled and complete").toEqual([]);
  });

  it("is syncing, not connected, while a module that a send needs is still to come", () => {
    const whatsapp = new FakeWhatsapp();
    const late = whatsapp.modules.get("WAWebSendMsgChatAction");
    whatsapp.modules.delete("WAWebSendMsgChatAction");
    whatsapp.link();
    const page = new FakePage({ whatsapp });
    expect(page.probe()).toMatchObject({ state: "syncing", missing: [] });
    whatsapp.modules.set("WAWebSendMsgChatAction", late);
    expect(page.probe()).toMatchObject({ state: "connected", missing: [] });
  });

  it("is starting where there is no registry at all", () => {
    const page = new FakePage();
    page.realm.require = undefined;
    expect(page.settle()).toMatchObject({ state: "starting", missing: [] });
  });

  it("is qr, with the code of the page's own element before any computed one", () => {
    const page = new FakePage();
    page.whatsapp.conn.ref = "2@computed";
    page.whatsapp.show("div[data-ref]", { "data-ref": QR });
    expect(page.probe()).toMatchObject({ state: "qr", qr: QR, qrExpired: false });
  });

  it("is qr with WhatsApp's bare reference where the element is not there", () => {
    const page = new FakePage();
    page.whatsapp.conn.ref = "2@computed";
    expect(page.settle()).toMatchObject({ state: "qr", qr: "2@computed" });
  });

  it("is qr without a code once all codes have run out", () => {
    const page = new FakePage();
    page.whatsapp.socket.state = "UNPAIRED_IDLE";
    page.whatsapp.show("div[data-ref]", { "data-ref": QR });
    page.whatsapp.show("button[data-testid='refresh-qr']");
    expect(page.settle()).toMatchObject({ state: "qr", qr: null, qrExpired: true });
  });

  it("is passkey or pairing_code where the page asks for that", () => {
    const page = new FakePage();
    page.whatsapp.show("[data-link-code]");
    expect(page.settle().state).toBe("pairing_code");
    page.whatsapp.show("[data-testid='passkey-prompt']");
    expect(page.probe().state).toBe("passkey");
  });

  const linked: readonly [string, string | undefined, string, SessionState][] = [
    ["MAIN", "NORMAL", "CONNECTED", "connected"],
    ["MAIN", "OFFLINE", "CONNECTED", "offline"],
    ["MAIN", "OPENING", "OPENING", "offline"],
    ["MAIN", undefined, "CONNECTED", "offline"],
    ["MAIN", "RESUMING", "CONNECTED", "syncing"],
    ["SYNCING", "SYNCING", "CONNECTED", "syncing"],
    ["QR", "PAIRING", "UNPAIRED", "syncing"],
    ["OFFLINE", "OFFLINE", "OPENING", "offline"],
    ["PROXYBLOCK", "NORMAL", "CONNECTED", "offline"],
    ["CONFLICT", "NORMAL", "CONNECTED", "conflict"],
    ["MAIN", "NORMAL", "CONFLICT", "conflict"],
    ["DEPRECATED_VERSION", "NORMAL", "CONNECTED", "needs_update"],
    ["MAIN", "NORMAL", "UNPAIRED", "logged_out"],
  ];
  it.each(linked)("of a linked page in mode %s, info %s, socket %s is %s", (...row) => {
    const [mode, info, socket, state] = row;
    const page = connectedPage();
    Object.assign(page.whatsapp.stream, { mode, info });
    page.whatsapp.socket.state = socket;
    expect(page.probe().state).toBe(state);
  });

  it("is needs_update while an update waits, and starting before the stream has a mode", () => {
    const page = connectedPage();
    page.whatsapp.stream.needsUpdate = true;
    expect(page.probe().state).toBe("needs_update");
    Object.assign(page.whatsapp.stream, { needsUpdate: false, mode: undefined, info: "OPENING" });
    expect(page.probe().state).toBe("starting");
  });

  it("is logged_out from the moment the login is gone until a code is shown", () => {
    const page = connectedPage();
    page.whatsapp.loggedIn = false;
    page.whatsapp.elements.clear();
    expect(page.probe(), "mode and info still say MAIN and NORMAL").toMatchObject({
      state: "logged_out",
      account: null,
      quietMs: 0,
    });
    page.whatsapp.show("div[data-ref]", { "data-ref": QR });
    expect(page.probe().state).toBe("qr");
  });
});

describe("what else a probe tells", () => {
  it("is the account with its device and lid, the version and the adapter", () => {
    const page = connectedPage();
    page.whatsapp.lid = "900000000000001";
    expect(page.probe()).toMatchObject({
      adapter: "modules",
      pageVersion: "2.3000.1042",
      account: { phone: `+${ME}`, device: 12, lid: "900000000000001@lid" },
    });
    page.whatsapp.device = undefined;
    expect(page.probe().account, "half an account would make a wrong epoch").toBeNull();
  });

  it("is the marker, written once and kept over loads", () => {
    const page = connectedPage();
    expect(page.probe().marker).toBeNull();
    expect(page.submit({ type: "mark", marker: "first" }).ok).toBe(true);
    expect(page.submit({ type: "mark", marker: "second" }).ok).toBe(true);
    expect(page.probe().marker, "a marker is never replaced").toBe("first");
    expect(connectedPage({ storage: page.storage }).probe().marker).toBe("first");
  });

  it("is a refusal when the marker cannot be written", () => {
    const page = connectedPage();
    page.whatsapp.storageFull = true;
    expect(page.submit({ type: "mark", marker: "first" })).toMatchObject({ ok: false });
  });

  it("is how long nothing has been added since the page was connected", () => {
    const page = connectedPage();
    const before = page.probe().quietMs;
    page.clockMs += 5_000.7;
    expect(page.probe().quietMs - before).toBe(5_000);
    page.whatsapp.receive("hello");
    page.clockMs += 300;
    expect(page.probe().quietMs).toBe(300);
    page.whatsapp.stream.info = "OFFLINE";
    expect(page.probe().quietMs, "not connected").toBe(0);
    page.whatsapp.stream.info = "NORMAL";
    expect(page.probe().quietMs, "counted anew").toBe(0);
    page.clockMs += 200;
    page.whatsapp.chatOf(new Wid(`${LEAD}@c.us`));
    expect(page.probe().quietMs, "a chat counts, too").toBe(0);
  });

  it("is the same again when nothing has happened", () => {
    const page = connectedPage();
    page.whatsapp.receive("hello", `${LEAD}@c.us`);
    const first = page.probeRaw();
    expect(page.probeRaw()).toBe(first);
  });
});

describe("the self-test", () => {
  const needed: readonly [string, string[]][] = [
    ["WAWebUserPrefsIsLoggedIn", ["state"]],
    ["WAWebStreamModel", ["state"]],
    ["WAWebSocketModel", ["state"]],
    ["WAWebUserPrefsMeUser", ["state", "send_text"]],
    ["WAWebConnModel", ["qr"]],
    ["WAWebWidFactory", ["exists", "send_text"]],
    ["WAWebQueryExistsJob", ["exists"]],
    ["WAWebFindChatAction", ["send_text"]],
    ["WAWebSendMsgChatAction", ["send_text"]],
    ["WAWebGetEphemeralFieldsMsgActionsUtils", ["send_text"]],
    ["WAWebMsgKey", ["send_text"]],
    ["WAWebMsgCollection", ["send_text", "acks", "incoming", "look_up"]],
    ["WAWebChatCollection", ["incoming", "look_up"]],
  ];
  it.each(needed)("without %s names %s", (module, missing) => {
    for (const broken of [undefined, {}, throwing()]) {
      const whatsapp = new FakeWhatsapp();
      if (broken === undefined) {
        whatsapp.modules.set(`${module}2`, whatsapp.modules.get(module));
        whatsapp.modules.delete(module);
      } else {
        whatsapp.modules.set(module, broken);
      }
      expect(connectedPage({ whatsapp }).probe().missing).toEqual(missing);
    }
  });

  it("finds every export under default as well", () => {
    const whatsapp = new FakeWhatsapp();
    for (const [name, exports] of whatsapp.modules) {
      const inner = (exports as { default?: unknown }).default;
      whatsapp.modules.set(name, inner === undefined ? { default: exports } : inner);
    }
    expect(connectedPage({ whatsapp }).probe()).toMatchObject({ state: "connected", missing: [] });
  });

  it("does without the modules that are only a convenience", () => {
    const whatsapp = new FakeWhatsapp();
    for (const name of ["WATimeUtils", "WAWebUpdaterVersion", "WAWebApiContact", "WAWebCmd"]) {
      whatsapp.modules.delete(name);
    }
    expect(connectedPage({ whatsapp }).probe()).toMatchObject({ missing: [], pageVersion: null });
  });

  it("asks the page for no module it does not have", () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.modules.delete("WAWebCmd");
    whatsapp.modules.delete("WAWebConnModel");
    const page = connectedPage({ whatsapp });
    page.probe();
    expect(whatsapp.required).not.toContain("WAWebConnModel");
  });
});

describe("orders about the link", () => {
  it("press the page's own button for a fresh code, or ask its command", () => {
    const page = new FakePage();
    page.settle();
    expect(page.submit({ type: "refresh_qr" }).ok).toBe(true);
    expect(page.whatsapp.refreshes).toBe(1);
    page.whatsapp.show("button[data-testid='refresh-qr']");
    expect(page.submit({ type: "refresh_qr" }).ok).toBe(true);
    expect([page.whatsapp.clicks, page.whatsapp.refreshes]).toEqual([1, 1]);
  });

  it("unlink by the page's own logout, or say that it is still linked", () => {
    const page = connectedPage();
    expect(page.submit({ type: "log_out" }).ok).toBe(true);
    expect(page.whatsapp.loggedOutCalls).toBe(1);
    page.whatsapp.socket.logout = () => {
      throw new Error("no");
    };
    expect(page.submit({ type: "log_out" })).toMatchObject({
      ok: false,
      problem: { code: "page_unresponsive" },
    });
  });
});
