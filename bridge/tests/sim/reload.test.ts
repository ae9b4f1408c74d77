import { describe, expect, it } from "vitest";
import { JOHN, LEAD, textOrder, useOffice } from "./office";
import { ENGINE } from "./rehearsal";

/**
 * The page goes away at each step of a send. Whatever it was doing: the earlier load's outcome is
 * never told, a look-up says what is true, and the same id given again makes exactly one message.
 */
describe("a page that goes away in the middle of a send", () => {
  const office = useOffice();

  /** As the app does after a new load: asks for the id, and gives it again if it is absent. */
  async function settle(send: ReturnType<typeof textOrder>): Promise<"absent" | "in_page"> {
    const { profile } = office;
    await profile.until({ state: "connected", missing: [] });
    profile.events.length = 0;
    await profile.submit({ type: "look_up", messageId: "look", waMessageId: send.waMessageId });
    const answer = await profile.event({ messageId: "look" });
    if (answer.type === "absent") {
      await profile.submit(send);
    }
    await office.reaches(send, "server");
    expect(await office.left(send), "exactly one real message").toMatchObject([
      { account: JOHN, to: LEAD },
    ]);
    return answer.type as "absent" | "in_page";
  }

  it.each(["queryWidExists", "findOrCreateLatestChat", "addAndSendMsgToChat"])(
    "reloaded while %s hangs: nothing left, and the message leaves once",
    async (call) => {
      await office.turn({ hangCalls: [call] });
      const send = textOrder();
      const { generation } = await office.profile.submit(send);
      await office.profile.page.reload();
      const probe = await office.profile.until({ state: "connected", missing: [] });
      expect(probe.generation).not.toBe(generation);
      expect(probe.lastSeq, "the earlier load's outcome is unknown, not told").toBe(0);
      expect(await office.left(send)).toEqual([]);
      await office.turn({ hangCalls: [] });
      await office.profile.page.reload();
      expect(await settle(send)).toBe("absent");
    },
  );

  it.each([0, 5, 10, 15, 20, 25, 30, 40, 60, 100])(
    "reloaded %i ms after the submit: the message leaves once",
    async (ms) => {
      const send = textOrder();
      await office.profile.submit(send);
      await office.profile.evaluate(`setTimeout(() => location.reload(), ${ms}); ""`);
      await office.reloaded();
      await settle(send);
    },
  );

  it("reloaded while the existence check is on its way: the message leaves once", async () => {
    await office.turn({ existsMs: 600 });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.page.reload();
    expect(await settle(send), "nobody sends for a page that is gone").toBe("absent");
  });

  it("reloaded between the hand-over and the server's ack: it is found, not sent again", async () => {
    await office.turn({ ackMs: 1_500 });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId });
    await office.profile.page.reload();
    expect(await settle(send)).toBe("in_page");
  });

  it("reloaded after the server's ack: it is found, not sent again", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "server");
    await office.profile.page.reload();
    expect(await settle(send)).toBe("in_page");
  });

  it("reloaded after its message was lost: WhatsApp itself sends it again, under its id", async () => {
    await office.turn({ ack: "lost_message" });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId, ack: "clock" });
    expect(await office.left(send)).toEqual([]);
    await office.turn({ ack: "normal" });
    await office.profile.page.reload();
    expect(await settle(send)).toBe("in_page");
  });

  it("reloaded after the server's ack was lost: the message that left stays the only one", async () => {
    await office.turn({ ack: "lost_ack" });
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId, ack: "clock" });
    await expect.poll(async () => (await office.left(send)).length).toBe(1);
    await office.turn({ ack: "normal" });
    await office.profile.page.reload();
    expect(await settle(send)).toBe("in_page");
  });

  it("reloaded twice: the message leaves once", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.page.reload();
    await office.profile.page.reload();
    await settle(send);
  });

  it("that reloads itself, as WhatsApp does for an update: the message leaves once", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await office.rehearsal.post("page", { phone: JOHN, action: "reload" });
    await office.reloaded();
    await settle(send);
  });

  it("navigated to nothing: the app sees an absent script, and the message leaves once", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.page.goto("about:blank");
    await expect(office.profile.probe(), "no script of ours there").rejects.toThrow("absent");
    await office.profile.page.goto(office.rehearsal.url);
    await settle(send);
  });

  it("navigated to another origin: no script of ours is there, and the message leaves once", async () => {
    const send = textOrder();
    const { generation } = await office.profile.submit(send);
    await office.profile.page.goto(office.rehearsal.url.replace("127.0.0.1", "localhost"));
    if (ENGINE === "webkit") {
      const { generation: still } = await office.profile.probe();
      expect(still, "the app's policy keeps the page where it is").toBe(generation);
    } else {
      await expect(office.profile.probe()).rejects.toThrow("absent");
    }
    await office.profile.page.goto(office.rehearsal.url);
    await settle(send);
  });

  it("gone back to by the history: the message leaves once", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.page.goto("about:blank");
    await office.profile.page.goBack();
    await settle(send);
  });

  // Only the app ends a page's process; Chromium here waits for the script for ever.
  it.skipIf(ENGINE === "chromium").each(["before", "after"])(
    "hung for ever %s the message is given to it: a reload brings it back, and one leaves",
    async (when) => {
      const { profile } = office;
      const hang = () => profile.evaluate(`setTimeout(() => { for (;;) {} }); "hung"`);
      const send = textOrder();
      if (when === "before") {
        await hang();
        await expect(profile.submitAs("this load", send), "no answer").rejects.toThrow();
      } else {
        await profile.submit(send);
        await hang();
      }
      await profile.page.reload();
      await settle(send);
    },
  );

  it("given a command of its earlier load: it is refused, and nothing is sent", async () => {
    const { generation } = await office.profile.probe();
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    const send = textOrder();
    const refused = office.profile.submitAs(generation, send);
    await expect(refused).rejects.toThrow("fenced");
    expect(await office.left(send)).toEqual([]);
  });
});
