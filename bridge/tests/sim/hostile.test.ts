import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JANE, JOHN, LEAD, textOrder, useOffice } from "./office";
import { Profile } from "./rehearsal";

/** How script of the page finds the object although it is not enumerable, under any name. */
const FIND = `const name = Object.getOwnPropertyNames(window).find((one) =>
  typeof window[one]?.drain === "function");
  const found = window[name];`;

/** Runs as script of the page does and gives back what it answers, as text. */
function pageScript(body: string): string {
  return `(() => { try { ${body} } catch (error) { return "threw " + error.name; } return "done"; })()`;
}

describe("script of the page", () => {
  const office = useOffice();
  const run = (body: string) => office.profile.evaluate(pageScript(body));

  it("that finds the object is refused its probe", async () => {
    expect(await run(`${FIND} return found.probe();`)).toContain(`"code":"forbidden"`);
  });

  it("that finds the object cannot send by it", async () => {
    const { generation } = await office.profile.probe();
    const send = textOrder();
    const json = JSON.stringify(JSON.stringify({ generation, command: send }));
    expect(await run(`${FIND} return found.submit(${json});`)).toContain(`"code":"forbidden"`);
    const mine = textOrder();
    await office.profile.submit(mine);
    await office.reaches(mine, "read");
    expect(await office.left(send)).toEqual([]);
    expect(await office.left(mine)).toHaveLength(1);
  });

  it("that finds the object cannot take reports away", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await run(
      `${FIND} for (let at = 0; at < 500; at += 1) { found.drain(at, "guess"); found.drain(at); }`,
    );
    await office.reaches(send, "read");
    const seen = office.profile.events.map((event) => event.type);
    expect(seen[0], "the first report is still there").toBe("in_page");
  });

  it.each([
    ["assigns another object", "window[name] = {};"],
    ["puts a call of its own on a function", `window[name].probe.call = () => "forged";`],
    ["deletes it", "delete window[name];"],
    ["changes a function of it", `window[name].drain = () => "forged";`],
  ])("that %s changes nothing", async (_, body) => {
    expect(await run(`${FIND} ${body} return typeof window[name].probe;`)).toBe("function");
    expect((await office.profile.probe()).state).toBe("connected");
  });

  it.each([
    ["defines it anew", "Object.defineProperty(window, name, { value: {} });"],
    ["takes its prototype", "Object.setPrototypeOf(found, { probe: null });"],
  ])("that %s is stopped by the engine", async (_, body) => {
    expect(await run(`${FIND} ${body}`)).toBe("threw TypeError");
  });

  const changes: readonly [string, string][] = [
    ["overrides JSON.stringify", `JSON.stringify = () => '{"forged":true}';`],
    ["overrides JSON.parse", `JSON.parse = () => ({ generation: "forged" });`],
    [
      "gives everything a toJSON",
      `Object.prototype.toJSON = String.prototype.toJSON = () => "forged";`,
    ],
    [
      "overrides Promise.prototype.then",
      `const then = Promise.prototype.then; Promise.prototype.then = function (...rest) { return then.apply(this, rest.map(() => () => "forged")); };`,
    ],
    [
      "replaces Promise",
      `window.Promise = class { static resolve() { throw new Error("forged"); } };`,
    ],
    ["overrides Array.prototype.push", `Array.prototype.push = function () { return 0; };`],
    [
      "overrides the array's iterator",
      `Array.prototype[Symbol.iterator] = function* () { yield "forged"; };`,
    ],
    [
      "overrides Map.prototype",
      `for (const name of ["get", "set", "has", "delete"]) Map.prototype[name] = () => undefined;`,
    ],
    [
      "overrides Function.prototype.call",
      `Function.prototype.call = Function.prototype.apply = () => "forged";`,
    ],
    [
      "overrides RegExp.prototype.exec",
      `RegExp.prototype.exec = () => ["forged"]; RegExp.prototype.test = () => true;`,
    ],
    [
      "freezes the prototypes",
      `for (const kind of [Object, Array, Map, String, Function, Promise, RegExp]) { Object.freeze(kind.prototype); Object.freeze(kind); }`,
    ],
    ["stops the clocks", `Date.now = () => 0; performance.now = () => 0;`],
    ["overrides querySelector", `Document.prototype.querySelector = () => null;`],
    ["hides the registry", `window.require = () => { throw new Error("gone"); };`],
    [
      "forges the registry",
      `window.require = () => ({ modulesMap: {}, isLoggedIn: () => false, Stream: {} });`,
    ],
  ];
  it.each(changes)("that %s forges no report and no second send", async (_, change) => {
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    office.profile.events.length = 0;
    await run(change);
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.submit(send);
    await office.profile.submit({
      type: "look_up",
      messageId: "other",
      waMessageId: "3EB0FFFFFFFFFFFFFF",
    });
    await expect
      .poll(
        async () => (await office.profile.drainOnce()).reports >= 0 && office.profile.events.length,
        { timeout: 5_000 },
      )
      .toBeGreaterThan(0);
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    for (const event of office.profile.events) {
      expect(JSON.stringify(event), "nothing the page wrote is in a report").not.toContain(
        "forged",
      );
    }
    expect((await office.left(send)).length, "none or one, never two").toBeLessThanOrEqual(1);
  });

  it("that forges an ack event about a message the page does not have is not believed", async () => {
    const { waMessageId } = textOrder();
    await run(`const { MsgCollection } = require("WAWebMsgCollection");
      const model = { id: { fromMe: true, id: "${waMessageId}", remote: "5511970000001@c.us" }, ack: 3 };
      MsgCollection.trigger("change:ack", model, 3);`);
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "server");
    expect(
      office.profile.events.filter((event) => JSON.stringify(event).includes(waMessageId)),
    ).toEqual([]);
  });

  it("that replaces MsgCollection.on after the load does not come between", async () => {
    await run(`const { MsgCollection } = require("WAWebMsgCollection");
      MsgCollection.on = (name, listener) => listener({ id: { fromMe: true, id: "3EB0FFFFFFFFFFFFFF00", remote: "5511970000001@c.us" }, ack: 3 });`);
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "read");
    expect(JSON.stringify(office.profile.events)).not.toContain("3EB0FFFFFFFFFFFFFF00");
    expect(await office.left(send)).toHaveLength(1);
  });

  it("that throws in an event's listener keeps no ack from the app", async () => {
    await run(
      `require("WAWebMsgCollection").MsgCollection.on("change:ack", () => { throw new Error("page"); });`,
    );
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "read");
    expect(await office.left(send)).toHaveLength(1);
  });

  it("in a frame of the page finds no object of ours there", async () => {
    await run(
      `const frame = document.createElement("iframe"); frame.src = "/"; document.body.append(frame);`,
    );
    await expect
      .poll(() =>
        run(`return document.querySelector("iframe").contentDocument?.readyState ?? "shut";`),
      )
      .toMatch(/^(complete|shut|threw)/);
    expect(
      await run(`${FIND} return typeof document.querySelector("iframe").contentWindow[name];`),
    ).toBe("undefined");
    await office.profile.page.reload();
  });

  it("never sees the key, nor what the app laid out before it", async () => {
    const seen = await run(
      `${FIND} return String(found.probe) + String(found.submit) + typeof window.__HOTDESK_BRIDGE__;`,
    );
    expect(seen, "a key is 64 of these").not.toMatch(/[0-9a-f]{32}/);
    expect(seen).toContain("undefined");
  });
});

describe("script of another SDR's page", () => {
  const office = useOffice();
  let jane: Profile;
  beforeAll(async () => {
    jane = await Profile.open(office.rehearsal);
    await jane.link(office.rehearsal, JANE);
  });
  afterAll(() => jane.close());

  it("cannot report about this SDR's message, whatever it forges", async () => {
    await office.turn({ ack: "lost_message" });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId, ack: "clock" });
    await jane.evaluate(
      pageScript(`const { MsgCollection } = require("WAWebMsgCollection");
      const model = { id: { fromMe: true, id: "${send.waMessageId}", remote: "5511970000001@c.us" }, ack: 3 };
      MsgCollection.trigger("change:ack", model, 3);`),
    );
    await jane.drainOnce();
    await office.profile.drainOnce();
    expect(office.profile.events.filter((event) => event.type === "ack")).toEqual([]);
    expect(jane.events.filter((event) => event.type === "ack")).toEqual([]);
    expect(await office.left(send)).toEqual([]);
  });

  it("has another generation: a command for one page is refused by the other", async () => {
    const { generation } = await office.profile.probe();
    const send = textOrder(LEAD);
    await expect(jane.submitAs(generation, send)).rejects.toThrow("fenced");
    expect(await office.left(send)).toEqual([]);
    expect((await office.profile.probe()).account?.phone).toBe(JOHN);
  });
});
