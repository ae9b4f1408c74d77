import { describe, expect, it } from "vitest";
import type { BridgeEvent } from "../src/generated/protocol";
import { connectedPage, type FakePage, type PageOptions } from "./fake-page";
import { duplicate, LEAD, ME, type Msg, type MsgKey, sentMessage, Wid } from "./fake-whatsapp";

const ID = "3EB0AAAAAAAAAAAAAAAAAA";
const SEND = {
  type: "send_text",
  messageId: "message-1",
  waMessageId: ID,
  phone: `+${LEAD}`,
  text: "Hello Ana",
};
const LOOK_UP = { type: "look_up", messageId: "message-1", waMessageId: ID };

async function outcome(page: FakePage, command: object = SEND): Promise<BridgeEvent[]> {
  const before = page.probe().lastSeq;
  expect(page.submit(command), "the command is taken").toMatchObject({ ok: true });
  await page.turn();
  return page
    .drain(0)
    .reports.filter((report) => report.seq > before)
    .map((report) => report.event);
}

function pageWith(change: (page: FakePage) => void, options: PageOptions = {}): FakePage {
  const page = connectedPage(options);
  change(page);
  return page;
}

describe("a text", () => {
  it("is handed over with the chosen id, in the form WhatsApp's own code makes", async () => {
    const page = pageWith((p) => {
      p.whatsapp.ephemeral = { ephemeralDuration: 86_400, body: "not this" };
    });
    expect(await outcome(page)).toEqual([
      {
        type: "in_page",
        messageId: "message-1",
        waMessageId: ID,
        chatId: `${LEAD}@c.us`,
        otherChatId: null,
        ack: "clock",
        alreadyThere: false,
      },
    ]);
    const [handed] = page.whatsapp.handed;
    expect(handed).toMatchObject({
      ack: 0,
      body: "Hello Ana",
      type: "chat",
      t: 1_750_000_123,
      self: "out",
      local: true,
      isNewMsg: true,
      ephemeralDuration: 86_400,
    });
    expect(String(handed?.id)).toBe(`true_${LEAD}@c.us_${ID}`);
    expect(String(handed?.from)).toBe(`${ME}@c.us`);
    expect(String(handed?.to)).toBe(`${LEAD}@c.us`);
  });

  it("goes from our lid where the chat has moved to a lid", async () => {
    const page = pageWith((p) => {
      p.whatsapp.lid = "900000000000001";
      p.whatsapp.openChat = async () => ({
        chat: p.whatsapp.chatOf(new Wid("800000000000001@lid")),
      });
    });
    expect(await outcome(page)).toMatchObject([{ type: "in_page", chatId: "800000000000001@lid" }]);
    expect(String(page.whatsapp.handed[0]?.from)).toBe("900000000000001@lid");
  });

  it("is told with the lead's other id, by a send and by a look-up", async () => {
    const lid = "800000000000001@lid";
    const number = `${LEAD}@c.us`;
    const page = pageWith((p) => {
      p.whatsapp.lidOfPhone = (wid) => (String(wid) === number ? new Wid(lid) : undefined);
      p.whatsapp.phoneOfLid = (wid) => (String(wid) === lid ? new Wid(number) : undefined);
    });
    const both = { type: "in_page", chatId: number, otherChatId: lid };
    expect(await outcome(page)).toMatchObject([both]);
    expect(await outcome(page, LOOK_UP)).toMatchObject([both]);
    const msg = page.whatsapp.messages.models[0];
    Object.assign(msg?.id as MsgKey, { remote: new Wid(lid) });
    expect(await outcome(page, LOOK_UP)).toMatchObject([{ chatId: lid, otherChatId: number }]);
    for (const answer of [() => "no id", () => new Wid(number), () => undefined]) {
      page.whatsapp.phoneOfLid = answer as never;
      const told = answer() instanceof Wid ? number : null;
      expect(await outcome(page, LOOK_UP)).toMatchObject([{ chatId: lid, otherChatId: told }]);
    }
    page.whatsapp.phoneOfLid = () => {
      throw new Error("no");
    };
    expect(await outcome(page, LOOK_UP)).toMatchObject([{ chatId: lid, otherChatId: null }]);
  });

  it("is told apart when the id is there already, in whichever chat, and is not sent", async () => {
    for (const chat of [`${LEAD}@c.us`, "800000000000001@lid"]) {
      const page = pageWith((p) => p.whatsapp.messages.add(sentMessage(ID, chat, 2)));
      expect(await outcome(page)).toMatchObject([
        { type: "in_page", alreadyThere: true, ack: "device", chatId: chat },
      ]);
      expect(page.whatsapp.asked, "not even the number is asked for").toEqual([]);
      expect(page.whatsapp.handed).toEqual([]);
    }
  });

  it("is found in the page's store when it is not in memory, and is not sent", async () => {
    const page = pageWith((p) => {
      const key = `true_${LEAD}@c.us_${ID}`;
      p.whatsapp.stored.set(key, sentMessage(ID, `${LEAD}@c.us`, 3));
    });
    expect(await outcome(page)).toMatchObject([
      { type: "in_page", alreadyThere: true, ack: "read" },
    ]);
    expect(page.whatsapp.handed).toEqual([]);
  });

  it("that WhatsApp refuses as a duplicate counts as there already", async () => {
    const page = pageWith((p) => {
      p.whatsapp.send = () => [duplicate(), duplicate()];
    });
    expect(await outcome(page)).toMatchObject([
      { type: "in_page", alreadyThere: true, ack: "clock", chatId: `${LEAD}@c.us` },
    ]);
  });

  it("of a lead under one of our ids is not taken for ours", async () => {
    const page = pageWith((p) => p.whatsapp.receive("hi", `${LEAD}@c.us`, ID));
    const events = await outcome(page);
    expect(events).toMatchObject([{ type: "in_page", alreadyThere: false }]);
    expect(page.whatsapp.handed).toHaveLength(1);
  });

  it("to a number that is not on WhatsApp is not sent", async () => {
    const page = pageWith((p) => {
      p.whatsapp.exists = async () => null;
    });
    expect(await outcome(page)).toEqual([{ type: "not_on_whatsapp", messageId: "message-1" }]);
    expect(page.whatsapp.handed).toEqual([]);
  });

  it("goes to the number WhatsApp resolves, with or without Brazil's ninth digit", async () => {
    const page = pageWith((p) => {
      p.whatsapp.exists = async () => ({ wid: new Wid("551170000001@c.us") });
    });
    expect(await outcome(page)).toMatchObject([{ type: "in_page", chatId: "551170000001@c.us" }]);
  });

  const wrong: readonly [string, (page: FakePage) => void][] = [
    [
      "WhatsApp resolves to another number",
      (p) => {
        p.whatsapp.exists = async () => ({ wid: new Wid("5511970009999@c.us") });
      },
    ],
    [
      "WhatsApp resolves to a group",
      (p) => {
        p.whatsapp.exists = async () => ({ wid: new Wid("120363000000000000@g.us") });
      },
    ],
    [
      "the opened chat is another one",
      (p) => {
        p.whatsapp.openChat = async () => ({ chat: { id: new Wid("5511970009999@c.us") } });
      },
    ],
    [
      "the opened lid is known to be another number",
      (p) => {
        p.whatsapp.openChat = async () => ({ chat: { id: new Wid("800000000000001@lid") } });
        p.whatsapp.phoneOfLid = () => new Wid("5511970009999@c.us");
      },
    ],
  ];
  it.each(wrong)("is not sent when %s", async (_, change) => {
    const page = pageWith(change);
    expect(await outcome(page)).toMatchObject([
      { type: "not_submitted", problem: { code: "bad_phone" } },
    ]);
    expect(page.whatsapp.handed).toEqual([]);
  });
});

describe("a failure", () => {
  const before: readonly [string, (page: FakePage) => void][] = [
    [
      "in the existence check",
      (p) => {
        p.whatsapp.exists = async () => {
          throw new TypeError(`no answer for ${LEAD}`);
        };
      },
    ],
    [
      "while the chat is opened",
      (p) => {
        p.whatsapp.openChat = () => {
          throw new TypeError("no chat");
        };
      },
    ],
    [
      "in the page's store",
      (p) => {
        Object.assign(p.whatsapp.messages, {
          getMessagesById: async () => {
            throw new TypeError("closed");
          },
        });
      },
    ],
  ];
  it.each(before)("%s says that nothing was sent", async (_, change) => {
    const page = pageWith(change);
    const [event] = await outcome(page);
    expect(event).toMatchObject({ type: "not_submitted", problem: { code: "page_unresponsive" } });
    expect(page.whatsapp.handed).toEqual([]);
    expect(JSON.stringify(event), "a page's words may hold a number").not.toContain(LEAD);
  });

  it("after the hand-over says that nobody can tell", async () => {
    for (const fail of [
      () => {
        throw new Error("boom");
      },
      () => [Promise.reject(new Error("boom")), Promise.resolve()],
      () => [Promise.resolve(undefined), Promise.resolve()],
      () => undefined,
    ]) {
      const page = pageWith((p) => {
        p.whatsapp.send = fail;
      });
      expect(await outcome(page)).toMatchObject([
        { type: "unclear", problem: { code: "fate_unknown" } },
      ]);
    }
  });

  it("of the connection while the chat is opened says that nothing was sent", async () => {
    const page = pageWith((p) => {
      p.whatsapp.openChat = async (wid) => {
        p.whatsapp.stream.info = "OFFLINE";
        return { chat: p.whatsapp.chatOf(wid) };
      };
    });
    expect(await outcome(page)).toMatchObject([
      { type: "not_submitted", problem: { code: "not_now" } },
    ]);
    expect(page.whatsapp.handed).toEqual([]);
  });

  it("of the self-test keeps everything back", async () => {
    const page = connectedPage();
    page.whatsapp.modules.delete("WAWebQueryExistsJob");
    const again = connectedPage({ whatsapp: page.whatsapp });
    expect(await outcome(again)).toMatchObject([
      { type: "not_submitted", problem: { code: "self_test_failed" } },
    ]);
    expect(again.whatsapp.handed).toEqual([]);
  });

  it("to prepare the message in time keeps it back, also when the machine slept", async () => {
    for (const pass of [
      (p: FakePage) => {
        p.clockMs += 61_000;
      },
      (p: FakePage) => {
        p.utcMs += 61_000;
      },
    ]) {
      const page = pageWith((p) => {
        p.whatsapp.openChat = async (wid) => {
          pass(p);
          return { chat: p.whatsapp.chatOf(wid) };
        };
      });
      expect(await outcome(page)).toMatchObject([
        { type: "not_submitted", problem: { code: "not_now" } },
      ]);
      expect(page.whatsapp.handed).toEqual([]);
    }
  });
});

describe("a call of the page that hangs", () => {
  function hanging(): { page: FakePage; release: () => void } {
    let release = (): void => undefined;
    const page = connectedPage();
    page.whatsapp.exists = (wid) =>
      new Promise((resolve) => {
        release = () => resolve({ wid });
      });
    return { page, release: () => release() };
  }

  it("is waited for by a repeated order: one send, one outcome", async () => {
    const { page, release } = hanging();
    expect(await outcome(page)).toEqual([]);
    expect(await outcome(page)).toEqual([]);
    release();
    await page.turn();
    expect(page.drain().reports).toHaveLength(1);
    expect(page.whatsapp.handed).toHaveLength(1);
  });

  it("before the hand-over is withdrawn by a look-up, so that absent stays true", async () => {
    const { page, release } = hanging();
    expect(await outcome(page)).toEqual([]);
    expect(await outcome(page, LOOK_UP)).toMatchObject([
      { type: "not_submitted", messageId: "message-1" },
      { type: "absent", messageId: "message-1", waMessageId: ID },
    ]);
    release();
    await page.turn();
    expect(page.whatsapp.handed, "a withdrawn send never leaves").toEqual([]);
    page.whatsapp.exists = async (wid) => ({ wid });
    expect(await outcome(page)).toMatchObject([{ type: "in_page", alreadyThere: false }]);
    expect(page.whatsapp.handed).toHaveLength(1);
  });

  it("after the hand-over is told by what the page holds", async () => {
    const page = connectedPage();
    page.whatsapp.send = (_, msg) => {
      page.whatsapp.messages.add(msg);
      return [new Promise(() => undefined), new Promise(() => undefined)];
    };
    expect(await outcome(page)).toEqual([]);
    page.clockMs += 4_000;
    expect(page.drain().reports).toMatchObject([{ event: { type: "in_page", ack: "clock" } }]);
  });

  it("after the hand-over, with nothing in the page, leaves a look-up unclear", async () => {
    const page = connectedPage();
    page.whatsapp.send = () => [new Promise(() => undefined), new Promise(() => undefined)];
    expect(await outcome(page)).toEqual([]);
    expect(await outcome(page, LOOK_UP)).toMatchObject([{ type: "unclear" }]);
    expect(await outcome(page), "and is not handed over a second time").toEqual([]);
    expect(page.whatsapp.handed).toHaveLength(1);
  });
});

describe("a look-up", () => {
  it("finds a message in memory and in the page's store, and says when there is none", async () => {
    const page = connectedPage();
    expect(await outcome(page, LOOK_UP)).toEqual([
      { type: "absent", messageId: "message-1", waMessageId: ID },
    ]);
    page.whatsapp.chatOf(new Wid("800000000000001@lid"));
    page.whatsapp.stored.set(
      `true_800000000000001@lid_${ID}`,
      sentMessage(ID, "800000000000001@lid", 2),
    );
    expect(await outcome(page, LOOK_UP)).toMatchObject([
      { type: "in_page", alreadyThere: true, ack: "device", chatId: "800000000000001@lid" },
    ]);
    page.whatsapp.messages.add(sentMessage(ID, `${LEAD}@c.us`, -1));
    expect(await outcome(page, LOOK_UP)).toMatchObject([{ type: "in_page", ack: "error" }]);
  });

  it("that fails is unclear, never absent", async () => {
    const page = pageWith((p) => {
      p.whatsapp.chatOf(new Wid(`${LEAD}@c.us`));
      Object.assign(p.whatsapp.messages, {
        getMessagesById: async () => {
          throw new Error("closed");
        },
      });
    });
    expect(await outcome(page, LOOK_UP)).toMatchObject([{ type: "unclear" }]);
  });
});

describe("acks", () => {
  it("are told as they rise, once each, by the bare id in any chat", async () => {
    const page = connectedPage();
    await outcome(page);
    const [msg] = page.whatsapp.messages.models;
    page.whatsapp.ack(msg, 1);
    page.whatsapp.ack(msg, 1);
    Object.assign(msg?.id as MsgKey, { remote: new Wid("800000000000001@lid") });
    page.whatsapp.ack(msg, 2);
    page.whatsapp.ack(msg, 1);
    page.whatsapp.ack(msg, 3);
    expect(acksOf(page)).toEqual(["server", "device", "read"]);
  });

  it("that say the message was refused are told", async () => {
    const page = connectedPage();
    await outcome(page);
    page.whatsapp.ack(page.whatsapp.messages.models[0], -1);
    expect(acksOf(page)).toEqual(["error"]);
  });

  it("whose event was missed are found by looking again", async () => {
    const page = connectedPage();
    await outcome(page);
    (page.whatsapp.messages.models[0] as Msg).ack = 2;
    page.clockMs += 1_100;
    expect(acksOf(page)).toEqual(["device"]);
    page.clockMs += 1_100;
    expect(acksOf(page), "told once").toEqual(["device"]);
  });

  it("of a message from an earlier load are told by its event", () => {
    const page = connectedPage();
    const msg = sentMessage(ID, `${LEAD}@c.us`, 1);
    page.whatsapp.messages.models.push(msg);
    page.whatsapp.ack(msg, 3);
    expect(acksOf(page)).toEqual(["read"]);
  });

  function acksOf(page: FakePage): string[] {
    return page
      .drain()
      .reports.map((report) => report.event)
      .flatMap((event) => (event.type === "ack" ? [event.ack] : []));
  }
});
