import { describe, expect, it } from "vitest";
import { MAX_DRAIN_BYTES } from "../../src/generated/protocol";
import { JANE, JOHN, LEAD, textOrder, useOffice } from "./office";

const look = (send: { waMessageId: string }) => ({
  type: "look_up",
  messageId: "look",
  waMessageId: send.waMessageId,
});

describe("a session that ends in the middle of a send", () => {
  const office = useOffice();

  it("by a removal on the phone during the existence check sends nothing", async () => {
    await office.turn({ existsMs: 700 });
    const send = textOrder();
    await office.profile.submit(send);
    await office.rehearsal.post("remove", { phone: JOHN });
    await office.profile.until({ state: "qr", account: null });
    expect(await office.left(send)).toEqual([]);
  });

  it("by a removal on the phone after the hand-over leaves what left, and no more", async () => {
    await office.turn({ ack: "lost_ack" });
    const send = textOrder();
    await office.profile.submit(send);
    await expect.poll(async () => (await office.left(send)).length).toBe(1);
    await office.rehearsal.post("remove", { phone: JOHN });
    await office.profile.until({ state: "qr", account: null });
    expect(await office.left(send), "nobody sends it again").toHaveLength(1);
  });

  it("by a removal on the phone is logged out by each sign, and the marker is gone", async () => {
    await office.profile.submit({ type: "mark", marker: "of-this-profile" });
    await office.rehearsal.post("remove", { phone: JOHN });
    const probe = await office.profile.until({ state: "qr", account: null });
    expect(probe).toMatchObject({ marker: null, missing: [] });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.submit(look(send));
    await office.profile.event({ type: "not_submitted", messageId: send.messageId });
    expect(await office.left(send)).toEqual([]);
  });

  it("and goes on with another person's account is seen, and knows none of its messages", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "server");
    await office.rehearsal.post("remove", { phone: JOHN });
    await office.profile.until({ state: "qr" });
    await office.profile.linkOnce(office.rehearsal, JANE);
    const probe = await office.profile.until({ state: "connected", missing: [] });
    expect(probe.account?.phone, "the app sees whose account it is").toBe(JANE);
    await office.profile.submit(look(send));
    await office.profile.event({ type: "absent", messageId: "look" });
    await office.rehearsal.post("remove", { phone: JANE });
    await office.profile.until({ state: "qr" });
    expect(await office.left(send)).toHaveLength(1);
  });

  it("by a logout from here sends nothing later", async () => {
    await office.turn({ existsMs: 700 });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.submit({ type: "log_out" });
    await office.profile.until({ state: "qr", account: null });
    expect(await office.left(send)).toEqual([]);
  });
});

describe("a page that stops being connected in the middle of a send", () => {
  const office = useOffice();

  it.each(["conflict", "needs_update"])("by %s hands nothing over, and says so", async (action) => {
    await office.turn({ existsMs: 700 });
    const send = textOrder();
    await office.profile.submit(send);
    await office.rehearsal.post("page", { phone: JOHN, action });
    await office.profile.until({ state: action as "conflict" | "needs_update" });
    await office.profile.submit(look(send));
    await office.profile.event({ type: "absent", messageId: "look" });
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    expect(await office.left(send)).toEqual([]);
    await office.turn({ existsMs: 20 });
    await office.profile.submit(send);
    await office.reaches(send, "server");
    expect(await office.left(send)).toHaveLength(1);
  });

  it("by a lost socket keeps the message, and one leaves when it is back", async () => {
    await office.rehearsal.post("socket", { phone: JOHN, online: false });
    await office.profile.until({ state: "offline" });
    const send = textOrder();
    await office.profile.submit(send);
    await office.rehearsal.post("socket", { phone: JOHN, online: true });
    await office.profile.until({ state: "connected" });
    await office.profile.some(
      (event) => "messageId" in event && event.messageId === send.messageId,
    );
    await office.profile.submit(send);
    await office.reaches(send, "server");
    expect(await office.left(send)).toHaveLength(1);
  });

  it("by a lost socket after the hand-over is re-sent by WhatsApp itself, once", async () => {
    await office.turn({ ack: "lost_message" });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId });
    await office.turn({ ack: "normal" });
    await office.rehearsal.post("socket", { phone: JOHN, online: false });
    await office.profile.until({ state: "offline" });
    await office.rehearsal.post("socket", { phone: JOHN, online: true });
    await office.profile.until({ state: "connected" });
    await office.profile.submit(send);
    await office.reaches(send, "server");
    expect(await office.left(send)).toHaveLength(1);
  });
});

describe("a message that WhatsApp does not confirm", () => {
  const office = useOffice();

  it.each([463, 479])(
    "because of refusal %i is an error, never sent, never again",
    async (code) => {
      await office.turn({ ack: "refused", refusalCode: code });
      const send = textOrder();
      await office.profile.submit(send);
      await office.profile.event({ type: "ack", waMessageId: send.waMessageId, ack: "error" });
      await office.turn({ ack: "normal" });
      await office.profile.submit(send);
      await office.profile.event({
        type: "in_page",
        messageId: send.messageId,
        alreadyThere: true,
      });
      expect(await office.left(send), "the id is used up: a person decides").toEqual([]);
    },
  );

  it("because it was lost stays at its clock, and giving it again sends nothing", async () => {
    await office.turn({ ack: "lost_message" });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId, ack: "clock" });
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId, alreadyThere: true });
    expect(office.profile.events.filter((event) => event.type === "ack")).toEqual([]);
    expect(await office.left(send)).toEqual([]);
  });

  it("to a number that is not on WhatsApp is refused before a send", async () => {
    const send = textOrder("+5511970000404");
    await office.profile.submit(send);
    await office.profile.event({ type: "not_on_whatsapp", messageId: send.messageId });
    await office.profile.submit(look(send));
    await office.profile.event({ type: "absent", messageId: "look" });
    expect(await office.left(send)).toEqual([]);
  });

  it("to a Brazilian number goes to the id without the ninth digit, once", async () => {
    await office.turn({ dropNinthDigit: true });
    const send = textOrder("+5511970000021");
    await office.profile.submit(send);
    const inPage = await office.profile.event({ type: "in_page", messageId: send.messageId });
    expect(inPage, "the ids WhatsApp resolved, not the number asked for").toMatchObject({
      chatId: "551170000021@c.us",
      otherChatId: expect.stringMatching(/^\d+@lid$/),
    });
    await office.reaches(send, "server");
    expect(await office.left(send)).toHaveLength(1);
  });
});

describe("a call of the page that hangs", () => {
  const office = useOffice();

  it.each(["queryWidExists", "findOrCreateLatestChat"])(
    "in %s can be withdrawn by a look-up, which then truly finds nothing",
    async (call) => {
      await office.turn({ hangCalls: [call] });
      await office.profile.page.reload();
      await office.profile.until({ state: "connected", missing: [] });
      const send = textOrder();
      await office.profile.submit(send);
      await office.profile.submit(look(send));
      await office.profile.event({ type: "not_submitted", messageId: send.messageId });
      await office.profile.event({ type: "absent", messageId: "look" });
      expect(await office.left(send)).toEqual([]);
    },
  );

  it("in addAndSendMsgToChat is never told as absent: its fate is unknown", async () => {
    await office.turn({ hangCalls: ["addAndSendMsgToChat"] });
    await office.profile.page.reload();
    // The page tells when it was given the message, which no report does.
    const tell = `{ const action = require("WAWebSendMsgChatAction");
      const send = action.addAndSendMsgToChat;
      action.addAndSendMsgToChat = (...given) => { window.wasGiven = "given"; return send(...given); }; } "told"`;
    await expect.poll(() => office.profile.evaluate(tell)).toBe("told");
    await office.profile.until({ state: "connected", missing: [] });
    const send = textOrder(LEAD);
    await office.profile.submit(send);
    await expect.poll(() => office.profile.evaluate("window.wasGiven")).toBe("given");
    await office.profile.submit(look(send));
    await office.profile.event({ type: "unclear", messageId: "look" });
    expect(await office.left(send)).toEqual([]);
    await office.turn({ hangCalls: [] });
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
  });

  it("given 64 times over keeps the 65th back and answers at once", async () => {
    await office.turn({ hangCalls: ["queryWidExists"] });
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    const sends = Array.from({ length: 64 }, () => textOrder());
    for (const send of sends) {
      await office.profile.submit(send);
    }
    await expect(office.profile.submit(textOrder())).rejects.toThrow("too_many_requests");
    const ids = new Set<string>(sends.map((send) => send.waMessageId));
    expect((await office.rehearsal.left()).filter((row) => ids.has(row.waMessageId))).toEqual([]);
    await office.turn({ hangCalls: [] });
    await office.profile.page.reload();
  });
});

describe("ten megabytes of reports", () => {
  const office = useOffice();

  it("come in drains of bounded size, in order, with none lost", async () => {
    const words = "Olá ".repeat(12_000);
    for (let index = 0; index < 200; index += 1) {
      await office.rehearsal.post("reply", { phone: JOHN, from: LEAD, text: `${index} ${words}` });
    }
    let bytes = 0;
    await expect
      .poll(
        async () => {
          let more = true;
          while (more) {
            const drain = await office.profile.drainOnce();
            expect(drain.bytes, "one drain is never larger").toBeLessThanOrEqual(
              MAX_DRAIN_BYTES + 64,
            );
            bytes += drain.bytes;
            more = drain.more;
          }
          return office.profile.events.filter((event) => event.type === "incoming").length;
        },
        { timeout: 40_000 },
      )
      .toBe(200);
    expect(bytes).toBeGreaterThan(10_000_000);
    const order = office.profile.events.flatMap((event) =>
      event.type === "incoming" ? [Number.parseInt(event.text, 10)] : [],
    );
    expect(order, "as they came").toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it("in one reply become one report that fits, and sending goes on", async () => {
    await office.rehearsal.post("reply", { phone: JOHN, from: LEAD, text: "x".repeat(1_500_000) });
    const told = await office.profile.some((event) => event.type === "incoming");
    expect("text" in told ? told.text : "").toMatch(/^x{1000,}…$/);
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "server");
    expect(await office.left(send)).toHaveLength(1);
  });
});
