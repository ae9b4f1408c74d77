import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Profile, Rehearsal } from "./rehearsal";

const JOHN = "+5511960000001";
const LEAD = "+5511970000001";
let ids = 0;

/** A fresh id of the form every derived id has. */
function freshId(): string {
  ids += 1;
  return `3EB0${ids.toString(16).toUpperCase().padStart(18, "0")}`;
}

function sendText(waMessageId: string, phone = LEAD, text = "Olá, Ana! 👋") {
  return { type: "send_text", messageId: `m-${waMessageId}`, waMessageId, phone, text };
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the bridge in the rehearsal WhatsApp", () => {
  let rehearsal: Rehearsal;
  let profile: Profile;

  beforeEach(async () => {
    rehearsal = await Rehearsal.start();
    profile = await Profile.open(rehearsal);
  });

  afterEach(async () => {
    const { cspViolations, violations } = await rehearsal.state();
    await profile.close();
    await rehearsal.end();
    expect(violations, "the page's own policy was never offended").toEqual([]);
    expect(cspViolations).toBe(0);
  });

  it("shows the code, links, and tells the account, in a page it finds complete", async () => {
    const shown = await profile.until({ state: "qr", qrExpired: false });
    expect(shown.qr).toMatch(/^https:\/\/wa\.me\/settings\/linked_devices#/);
    const probe = await profile.link(rehearsal, JOHN);
    expect(probe.account).toMatchObject({ phone: JOHN });
    expect(probe.account?.device).toBeGreaterThan(0);
    expect(probe).toMatchObject({ adapter: "modules", qr: null, missing: [] });
    expect(probe.pageVersion).not.toBeNull();
  });

  it("sends with the chosen id, follows the ticks to read, and hears the reply", async () => {
    await profile.link(rehearsal, JOHN);
    const waMessageId = freshId();
    await profile.submit(sendText(waMessageId));
    const inPage = await profile.event({ type: "in_page", waMessageId, alreadyThere: false });
    for (const ack of ["server", "device", "read"]) {
      await profile.event({ type: "ack", waMessageId, ack });
    }
    expect(await rehearsal.left()).toMatchObject([
      { account: JOHN, waMessageId, to: LEAD, textHash: hash("Olá, Ana! 👋") },
    ]);
    await rehearsal.post("reply", { phone: JOHN, from: LEAD, text: "Oi!" });
    const reply = await profile.event({ type: "incoming", text: "Oi!" });
    expect(reply).toMatchObject({
      phone: LEAD,
      chatId: "chatId" in inPage ? inPage.chatId : null,
    });
  });

  it("sends an id once only, also after a reload, and finds it by look-up", async () => {
    await profile.link(rehearsal, JOHN);
    const waMessageId = freshId();
    await profile.submit(sendText(waMessageId));
    await profile.event({ type: "ack", waMessageId, ack: "read" });
    await profile.submit(sendText(waMessageId));
    await profile.event({ type: "in_page", waMessageId, alreadyThere: true, ack: "read" });

    const before = await profile.probe();
    await profile.submit({ type: "mark", marker: "kept" });
    await profile.page.reload();
    const after = await profile.until({ state: "connected", missing: [] });
    expect(after.generation).not.toBe(before.generation);
    expect(after.account, "the login is kept over a reload").toEqual(before.account);
    expect(after.marker).toBe("kept");

    profile.events.length = 0;
    await profile.submit(sendText(waMessageId));
    await profile.event({ type: "in_page", waMessageId, alreadyThere: true, ack: "read" });
    const other = freshId();
    await profile.submit({ type: "look_up", messageId: "other", waMessageId: other });
    await profile.event({ type: "absent", messageId: "other", waMessageId: other });
    await profile.submit({ type: "look_up", messageId: "again", waMessageId });
    await profile.event({ type: "in_page", messageId: "again", alreadyThere: true });
    expect(await rehearsal.left()).toHaveLength(1);
  });

  it("sends nothing to a number that is not on WhatsApp", async () => {
    const knobs = (await rehearsal.post("knobs", { notOnWhatsappSuffix: "0009" })) as object;
    expect(knobs).toMatchObject({ notOnWhatsappSuffix: "0009" });
    await profile.link(rehearsal, JOHN);
    const waMessageId = freshId();
    await profile.submit(sendText(waMessageId, "+5511970000009"));
    await profile.event({ type: "not_on_whatsapp", messageId: `m-${waMessageId}` });
    expect(await rehearsal.left()).toEqual([]);
  });

  it("sends into a chat that has moved to a lid, and attributes acks and replies", async () => {
    await rehearsal.post("knobs", { lidChats: true });
    await profile.link(rehearsal, JOHN);
    const waMessageId = freshId();
    await profile.submit(sendText(waMessageId));
    const inPage = await profile.event({ type: "in_page", waMessageId });
    expect(inPage).toMatchObject({
      chatId: expect.stringMatching(/^\d+@lid$/),
      otherChatId: `${LEAD.slice(1)}@c.us`,
    });
    await profile.event({ type: "ack", waMessageId, ack: "read" });
    await rehearsal.post("reply", { phone: JOHN, from: LEAD, text: "from a lid" });
    await profile.event({ type: "incoming", text: "from a lid", phone: LEAD });
    expect(await rehearsal.left()).toMatchObject([{ to: LEAD }]);
  });

  it("sees the socket go and come back, a conflict, an update, and the removal", async () => {
    await profile.link(rehearsal, JOHN);
    await rehearsal.post("socket", { phone: JOHN, online: false });
    await profile.until({ state: "offline" });
    await rehearsal.post("socket", { phone: JOHN, online: true });
    await profile.until({ state: "connected" });
    await rehearsal.post("page", { phone: JOHN, action: "needs_update" });
    await profile.until({ state: "needs_update" });
    await profile.page.reload();
    await profile.until({ state: "connected" });
    await rehearsal.post("page", { phone: JOHN, action: "conflict" });
    await profile.until({ state: "conflict" });
    await profile.page.reload();
    await profile.until({ state: "connected" });
    await rehearsal.post("remove", { phone: JOHN });
    await profile.until({ state: "qr", account: null });
  });

  it("unlinks this device on command", async () => {
    await profile.link(rehearsal, JOHN);
    await profile.submit({ type: "log_out" });
    await profile.until({ state: "qr", account: null });
    expect((await profile.probe()).marker, "the page's storage was cleared").toBeNull();
  });

  it("withdraws a send whose existence check hangs, so that absent stays true", async () => {
    await rehearsal.post("knobs", { hangCalls: ["queryWidExists"] });
    await profile.link(rehearsal, JOHN);
    const waMessageId = freshId();
    await profile.submit(sendText(waMessageId));
    await profile.submit({ type: "look_up", messageId: "look", waMessageId });
    await profile.event({ type: "not_submitted", messageId: `m-${waMessageId}` });
    await profile.event({ type: "absent", waMessageId });
    expect(await rehearsal.left()).toEqual([]);
  });

  const lacking: readonly [string, string][] = [
    ["WAWebSendMsgChatAction", "send_text"],
    ["WAWebQueryExistsJob", "exists"],
    ["WAWebStreamModel", "state"],
    ["WAWebConnModel", "qr"],
    ["WAWebMsgCollection", "look_up"],
  ];
  it.each(lacking)("names what is missing when %s has another name", async (module, capability) => {
    await rehearsal.post("knobs", { renameModules: { [module]: `${module}V2` } });
    await profile.page.reload();
    await expect
      .poll(async () => (await profile.probe()).missing, { timeout: 20_000 })
      .toContain(capability);
  });
});

describe("the page's window", () => {
  it("has the same built-ins with and without the bridge", async () => {
    const rehearsal = await Rehearsal.start();
    const [withBridge, without] = await Promise.all([
      Profile.open(rehearsal, true),
      Profile.open(rehearsal, false),
    ]);
    try {
      await withBridge.until({ state: "qr" });
      const shown = `document.querySelector("div[data-ref]") === null ? "none" : "shown"`;
      await expect.poll(() => without.evaluate(shown), { timeout: 20_000 }).toBe("shown");
      const seen = await fingerprintOf(withBridge);
      const own = await fingerprintOf(without);
      expect(own.length, "there is a lot to compare").toBeGreaterThan(1_000);
      expect(seen.filter((line) => !own.includes(line))).toEqual(["the bridge's object value"]);
      expect(own.filter((line) => !seen.includes(line))).toEqual([]);
    } finally {
      await withBridge.close();
      await without.close();
      await rehearsal.end();
    }
  });
});

async function fingerprintOf(profile: Profile): Promise<string[]> {
  return JSON.parse((await profile.evaluate(`JSON.stringify((${fingerprint})())`)) ?? "[]");
}

/** Every own property of the window and of what hangs on it, with the source of each function. */
function fingerprint(): string[] {
  const lines: string[] = [];
  const describeProperty = (descriptor: PropertyDescriptor): string => {
    const body = descriptor.value ?? descriptor.get;
    return typeof body === "function" && descriptor.enumerable === false
      ? `function ${Function.prototype.toString.call(body).slice(0, 80)}`
      : "value" in descriptor
        ? "value"
        : "accessor";
  };
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor === undefined) {
      continue;
    }
    const value = descriptor.value;
    const isOurs = typeof value?.drain === "function";
    lines.push(`${isOurs ? "the bridge's object" : name} ${describeProperty(descriptor)}`);
    if (typeof value !== "function" && (typeof value !== "object" || value === null)) {
      continue;
    }
    const owners = [value, value.prototype].filter(
      (owner) =>
        (owner !== globalThis && owner !== null && typeof owner === "object") ||
        typeof owner === "function",
    );
    for (const [index, owner] of owners.entries()) {
      if (isOurs || !/^[A-Z]/.test(name)) {
        continue;
      }
      for (const key of Reflect.ownKeys(owner)) {
        const inner = Object.getOwnPropertyDescriptor(owner, key);
        if (inner !== undefined) {
          lines.push(`${name}.${index}.${String(key)} ${describeProperty(inner)}`);
        }
      }
    }
  }
  return lines;
}
