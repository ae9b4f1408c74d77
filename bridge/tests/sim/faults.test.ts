import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Profile, Rehearsal } from "./rehearsal";

const JOHN = "+5511960000001";
const LEAD = "+5511970000001";
const ID = "3EB0FFFFFFFFFFFFFFFFFF";
const SEND = {
  type: "send_text",
  messageId: "message-1",
  waMessageId: ID,
  phone: LEAD,
  text: "Olá!",
};

describe("a fault in the rehearsal WhatsApp", () => {
  let rehearsal: Rehearsal;
  let profile: Profile;

  async function open(...args: string[]): Promise<void> {
    rehearsal = await Rehearsal.start(args);
    profile = await Profile.open(rehearsal);
  }

  beforeEach(async () => open());
  afterEach(async () => {
    await profile.close();
    await rehearsal.end();
  });

  it("that is a refusal by WhatsApp is told as an error, never as sent", async () => {
    await rehearsal.post("knobs", { ack: "refused", refusalCode: 463 });
    await profile.link(rehearsal, JOHN);
    await profile.submit(SEND);
    await profile.event({ type: "ack", waMessageId: ID, ack: "error" });
    expect(profile.events.filter((event) => "ack" in event && event.ack === "server")).toEqual([]);
    expect(await rehearsal.left()).toEqual([]);
  });

  it("that loses the server's ack leaves the message at its clock", async () => {
    await rehearsal.post("knobs", { ack: "lost_ack" });
    await profile.link(rehearsal, JOHN);
    await profile.submit(SEND);
    await profile.event({ type: "in_page", waMessageId: ID, ack: "clock" });
    await expect.poll(async () => (await rehearsal.left()).length).toBe(1);
    await profile.submit({ type: "look_up", messageId: "look", waMessageId: ID });
    await profile.event({ type: "in_page", messageId: "look", alreadyThere: true });
    await profile.submit(SEND);
    await profile.event({ type: "in_page", messageId: "message-1", alreadyThere: true });
    expect(await rehearsal.left(), "a stuck ack is never a second send").toHaveLength(1);
  });

  it("that takes the socket away keeps the message back", async () => {
    await profile.link(rehearsal, JOHN);
    await rehearsal.post("socket", { phone: JOHN, online: false });
    await profile.until({ state: "offline" });
    await profile.submit(SEND);
    await profile.submit({ type: "look_up", messageId: "look", waMessageId: ID });
    await profile.event({ type: "absent", messageId: "look" });
    await rehearsal.post("socket", { phone: JOHN, online: true });
    await profile.until({ state: "connected" });
    expect(await rehearsal.left()).toEqual([]);
  });

  it("that reloads the page in the middle of a send sends nothing later", async () => {
    await rehearsal.post("knobs", { hangCalls: ["findOrCreateLatestChat"] });
    await profile.link(rehearsal, JOHN);
    const { generation } = await profile.submit(SEND);
    await profile.page.reload();
    const probe = await profile.until({ state: "connected", missing: [] });
    expect(probe.generation).not.toBe(generation);
    expect(probe.lastSeq, "the earlier load's outcome is unknown, not told").toBe(0);
    await profile.submit({ type: "look_up", messageId: "look", waMessageId: ID });
    await profile.event({ type: "absent", messageId: "look" });
    await rehearsal.post("knobs", { hangCalls: [] });
    await profile.submit(SEND);
    await profile.event({ type: "ack", waMessageId: ID, ack: "read" });
    expect(await rehearsal.left()).toHaveLength(1);
  });

  it("that throws in a module is named as a missing capability", async () => {
    await rehearsal.post("knobs", { throwModules: ["WAWebFindChatAction"] });
    await profile.page.reload();
    await expect
      .poll(async () => (await profile.probe()).missing, { timeout: 20_000 })
      .toEqual(["send_text"]);
  });

  it("that lets the codes run out is told, and a fresh code can be asked for", async () => {
    await profile.close();
    await rehearsal.end();
    await open("--qr-first-ms", "600", "--qr-next-ms", "200");
    await profile.until({ state: "qr", qrExpired: true, qr: null });
    await profile.submit({ type: "refresh_qr" });
    await profile.until({ state: "qr", qrExpired: false });
  });
});
