import { describe, expect, it } from "vitest";
import { connectedPage } from "./fake-page";
import { FakeWhatsapp, LEAD, type Msg, MsgKey, Wid } from "./fake-whatsapp";

const ID = "3EB0AAAAAAAAAAAAAAAAAA";
const SEND = {
  type: "send_text",
  messageId: "message-1",
  waMessageId: ID,
  phone: `+${LEAD}`,
  text: "Hello",
};

describe("a malformed command", () => {
  const malformed: readonly [string, unknown, string][] = [
    ["no text", 5, "bad_request"],
    ["no JSON", "{", "bad_request"],
    ["null", "null", "bad_request"],
    ["an array", "[]", "bad_request"],
    ["no generation", `{"command":{"type":"refresh_qr"}}`, "bad_request"],
    ["too long", `"${"x".repeat(500_000)}"`, "bad_request"],
  ];
  it.each(malformed)("that is %s is refused", (_, json, code) => {
    expect(connectedPage().submitRaw(json)).toMatchObject({ ok: false, problem: { code } });
  });

  const commands: readonly [string, unknown, string][] = [
    ["no command", undefined, "bad_request"],
    ["an unknown command", { type: "eval" }, "bad_request"],
    ["__proto__ as its type", JSON.parse(`{"__proto__":{"type":"refresh_qr"}}`), "bad_request"],
    ["no message id", { ...SEND, messageId: "" }, "bad_request"],
    ["a message id that is too long", { ...SEND, messageId: "m".repeat(201) }, "bad_request"],
    ["an id of another form", { ...SEND, waMessageId: "AC01" }, "bad_request"],
    ["an id with a key around it", { ...SEND, waMessageId: `true_1@c.us_${ID}` }, "bad_request"],
    ["a number without a plus", { ...SEND, phone: LEAD }, "bad_phone"],
    ["a group for a number", { ...SEND, phone: "120363000000000000@g.us" }, "bad_phone"],
    ["no text", { ...SEND, text: "" }, "bad_text"],
    ["a text of 65,537 bytes", { ...SEND, text: `${"é".repeat(32_768)}a` }, "bad_text"],
    ["an empty marker", { type: "mark", marker: "" }, "bad_request"],
  ];
  it.each(commands)("with %s is refused and sends nothing", async (_, command, code) => {
    const page = connectedPage();
    expect(page.submit(command)).toMatchObject({ ok: false, problem: { code } });
    await page.turn();
    expect(page.whatsapp.handed).toEqual([]);
    expect(page.drain().reports).toEqual([]);
  });

  it("for another generation is refused as fenced", async () => {
    const page = connectedPage();
    const older = connectedPage().probe().generation;
    expect(page.submit(SEND, older)).toMatchObject({ ok: false, problem: { code: "fenced" } });
    await page.turn();
    expect(page.whatsapp.handed).toEqual([]);
  });

  it("is told from a text of exactly 65,536 bytes, which is sent whole", async () => {
    const page = connectedPage();
    const text = "é".repeat(32_768);
    expect(page.submit({ ...SEND, text })).toMatchObject({ ok: true });
    await page.turn();
    expect(page.whatsapp.handed[0]?.body).toBe(text);
  });

  it("that gives two messages one id is refused", () => {
    const page = connectedPage();
    page.whatsapp.exists = () => new Promise(() => undefined);
    expect(page.submit(SEND)).toMatchObject({ ok: true });
    expect(page.submit({ ...SEND, messageId: "message-2" })).toMatchObject({ ok: false });
  });

  it("after 64 sends that hang is refused", () => {
    const page = connectedPage();
    page.whatsapp.exists = () => new Promise(() => undefined);
    for (let index = 0; index < 64; index += 1) {
      const waMessageId = `3EB0${index.toString(16).toUpperCase().padStart(18, "0")}`;
      expect(page.submit({ ...SEND, messageId: `m${index}`, waMessageId }).ok).toBe(true);
    }
    expect(page.submit(SEND)).toMatchObject({ problem: { code: "too_many_requests" } });
  });
});

describe("script of the page that changes built-ins", () => {
  const POLLUTION = `
    const wrong = () => { throw new Error("polluted"); };
    JSON.stringify = JSON.parse = () => "forged";
    Object.prototype.toJSON = Array.prototype.toJSON = String.prototype.toJSON = () => "forged";
    for (const name of ["push", "slice", "map", "join", "concat", "indexOf", "forEach"]) {
      Array.prototype[name] = wrong;
    }
    for (const name of ["get", "set", "has", "delete", "forEach"]) { Map.prototype[name] = wrong; }
    Object.defineProperty(Map.prototype, "size", { get: wrong });
    Object.defineProperty(Array.prototype, "0", { set: wrong, configurable: true });
    Object.prototype.get = wrong;
    for (const name of ["slice", "charCodeAt", "replace", "includes", "indexOf", "match"]) {
      String.prototype[name] = wrong;
    }
    Array.prototype[Symbol.iterator] = wrong;
    RegExp.prototype.exec = RegExp.prototype.test = wrong;
    Function.prototype.call = Function.prototype.apply = Function.prototype.bind = wrong;
    Object.keys = Object.freeze = Reflect.apply = wrong;
    Array.isArray = Number.isInteger = Math.floor = String.fromCharCode = wrong;
    Object.prototype.hasOwnProperty = wrong;
    Object.prototype.ok = "forged";
    Object.prototype.waMessageId = "forged";
    Promise.prototype.catch = Promise.prototype.finally = wrong;
    Promise.prototype.then = wrong;
    performance.now = Date.now = wrong;
    globalThis.Map = globalThis.Promise = globalThis.Array = wrong;
    Object.defineProperty = wrong;
    document.querySelector = wrong;
    localStorage.getItem = wrong;
  `;

  it("does not change what the bridge answers", async () => {
    const page = connectedPage({ pageScript: POLLUTION });
    expect(page.probe()).toMatchObject({ state: "connected", missing: [], marker: null });
    expect(page.submit({ type: "mark", marker: "mine" })).toMatchObject({ ok: true });
    expect(page.submit(SEND)).toMatchObject({ ok: true });
    await page.turn();
    page.whatsapp.receive("hello");
    expect(page.drain().reports.map((report) => report.event)).toMatchObject([
      { type: "in_page", waMessageId: ID, alreadyThere: false },
      { type: "incoming", text: "hello" },
    ]);
    expect(page.probe().marker).toBe("mine");
  });
});

describe("values of the page that no strict reader takes", () => {
  it("are replaced: half characters, odd numbers, wrong types", () => {
    const page = connectedPage();
    page.whatsapp.receive("a\ud800b\udc00c\ud83d\ude00", undefined, "AC1");
    page.whatsapp.receive("late", undefined, "AC2", { t: Number.POSITIVE_INFINITY });
    page.whatsapp.receive("later", undefined, "AC3", { t: "soon" });
    page.whatsapp.device = -1;
    page.whatsapp.modules.set("WAWebUpdaterVersion", { SANITIZED_VERSION_STR: { toString: null } });
    const raw = page.drainRaw(0);
    expect(raw).not.toMatch(/\\ud[89a-f]/i);
    expect(raw).toContain("a\ufffdb\ufffdc\u{1f600}");
    for (const report of page.drain().reports) {
      expect(report.event).toMatchObject({ atMs: expect.any(Number) });
    }
    expect(page.probe().account).toBeNull();
  });

  it("of another type than expected are passed over", () => {
    const page = connectedPage();
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error("trap");
        },
      },
    );
    const odd: unknown[] = [
      null,
      5,
      trap,
      { id: trap },
      { id: { fromMe: true, id: ID, remote: trap } },
      { id: { fromMe: true, id: {}, remote: new Wid(`${LEAD}@c.us`) } },
      { id: { fromMe: "yes", id: ID, remote: new Wid(`${LEAD}@c.us`) }, ack: 3 },
    ];
    for (const model of odd) {
      page.whatsapp.messages.models.push(model as Msg);
      page.whatsapp.messages.trigger("add", model);
      page.whatsapp.messages.trigger("change:ack", model, 3);
    }
    expect(page.drain().reports).toEqual([]);
    expect(page.probe().state).toBe("connected");
  });

  it("cannot make an ack that is no tick count as sent", () => {
    const page = connectedPage();
    const to = new Wid(`${LEAD}@c.us`);
    const id = new MsgKey({ from: to, to, id: ID, selfDir: "out" });
    const kept: Msg = { id };
    page.whatsapp.messages.models.push(kept);
    for (const ack of ["1", Number.NaN, 0.5, 99, {}, undefined]) {
      kept.ack = ack;
      page.whatsapp.messages.trigger("change:ack", kept);
    }
    const acks = page.drain().reports.map((report) => report.event);
    expect(acks).toEqual([{ type: "ack", waMessageId: ID, ack: "clock" }]);
  });

  it("cannot be an event about a message that the page does not keep", () => {
    const page = connectedPage();
    const to = new Wid(`${LEAD}@c.us`);
    const id = new MsgKey({ from: to, to, id: ID, selfDir: "out" });
    page.whatsapp.messages.trigger("change:ack", { id, ack: 3 }, 3);
    expect(page.drain().reports).toEqual([]);
  });

  it("never make a call throw, and what is known can still be fetched", () => {
    const page = connectedPage();
    page.whatsapp.receive("hello");
    Object.assign(page.whatsapp.messages, {
      getModelsArray: () => {
        throw new Error("gone");
      },
    });
    page.realm.require = () => {
      throw new Error("gone");
    };
    Object.defineProperty(page.whatsapp.stream, "mode", {
      get: () => {
        throw new Error("gone");
      },
    });
    page.clockMs += 5_000;
    expect(page.probe().state).toBe("starting");
    expect(page.drain().reports).toHaveLength(1);
  });

  it("keep the page's own code running when a listener of ours meets them", () => {
    const whatsapp = new FakeWhatsapp();
    const page = connectedPage({ whatsapp });
    page.realm.require = null;
    for (const model of [undefined, 5, {}]) {
      expect(() => whatsapp.messages.trigger("add", model)).not.toThrow();
      expect(() => whatsapp.messages.trigger("change:ack", model)).not.toThrow();
    }
    expect(page.probe().state).toBe("connected");
  });
});
