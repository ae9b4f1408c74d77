import { describe, expect, it, vi } from "vitest";
import { decodeBase64 } from "../src/base64";
import { MAX_PART_BYTES } from "../src/generated/protocol";
import { openSha256 } from "../src/sha256";
import { connectedPage, type FakePage, type PageOptions } from "./fake-page";
import { FakeWhatsapp, sentMessage } from "./fake-whatsapp";
import { fileOrder, parts, sha256 } from "./parts";

// The bridge's own code, where it is tested outside of a page, takes this at its start.
vi.hoisted(() => Object.assign(globalThis, { location: { assign: () => undefined } }));

const ID = "3EB0A1B2C3D4E5F60718";
const PDF = Uint8Array.from({ length: MAX_PART_BYTES * 2 + 77 }, (_, index) => (index * 7) % 256);

/** Gives the whole file, then the order. */
function send(page: FakePage, order = fileOrder(ID, PDF), bytes = PDF) {
  for (const part of parts(order.messageId, bytes)) {
    expect(page.submit(part)).toMatchObject({ ok: true });
  }
  return page.submit(order);
}

/** The events so far, once everything that can go on has gone on. */
async function events(page: FakePage) {
  await page.turn();
  return page.drain().reports.map((report) => report.event);
}

async function sent(options: PageOptions = {}, order = fileOrder(ID, PDF)) {
  const page = connectedPage(options);
  expect(send(page, order)).toMatchObject({ ok: true });
  return { page, events: await events(page) };
}

describe("a file", () => {
  it("is assembled from its pieces and leaves once, with its name, caption and chosen id", async () => {
    const { page, events } = await sent();
    expect(events).toMatchObject([{ type: "in_page", waMessageId: ID, alreadyThere: false }]);
    const [{ file, how } = { file: null, how: null }] = page.whatsapp.prepared;
    expect(file).toMatchObject({ name: "offer.pdf", type: "application/pdf", size: PDF.length });
    expect(sha256(new Uint8Array((await file?.arrayBuffer()) ?? []))).toBe(sha256(PDF));
    expect(how, "as it is, whatever its type").toEqual({ asDocument: true });
    expect(page.whatsapp.handed).toHaveLength(1);
    const [msg] = page.whatsapp.handed;
    expect(msg?.id.id).toBe(ID);
    expect(msg).toMatchObject({ caption: "Our offer 📄", filename: "offer.pdf", ack: 0 });
  });

  it("may be a picture, and may have no caption", async () => {
    const order = fileOrder(ID, PDF, { kind: "image", mimeType: "image/png", caption: "" });
    const { page } = await sent({}, order);
    expect(page.whatsapp.prepared[0]?.how).toEqual({ maxDimension: 1_600 });
    expect(page.whatsapp.handed[0]?.caption).toBeUndefined();
  });

  it("is sent by WhatsApp's older way, too", async () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.oldMediaPrep = true;
    const { events } = await sent({ whatsapp });
    expect(events).toMatchObject([{ type: "in_page", waMessageId: ID }]);
  });

  it("whose id the page has is told as already there, and nothing is asked of the page", async () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.messages.add(sentMessage(ID, undefined, 2));
    const { page, events } = await sent({ whatsapp });
    expect(events).toMatchObject([{ type: "in_page", alreadyThere: true, ack: "device" }]);
    expect(page.whatsapp.prepared, "not even read").toEqual([]);
    expect(page.whatsapp.handed).toEqual([]);
  });

  it("given a second time while it is under way joins the first", async () => {
    const whatsapp = new FakeWhatsapp();
    let uploaded = (_: unknown): void => undefined;
    whatsapp.upload = () => new Promise((resolve) => (uploaded = resolve));
    const { page } = await sent({ whatsapp });
    expect(send(page)).toMatchObject({ ok: true });
    await page.turn();
    expect(page.whatsapp.handed).toHaveLength(1);
    uploaded({ messageSendResult: "OK" });
    expect(await events(page)).toHaveLength(1);
  });

  it("whose upload takes long is told at ack 0, and its ticks follow", async () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.upload = () => new Promise(() => undefined);
    const { page, events: early } = await sent({ whatsapp });
    expect(early, "WhatsApp has not answered yet").toEqual([]);
    page.clockMs += 4_500;
    expect(await events(page)).toMatchObject([{ type: "in_page", ack: "clock" }]);
    page.whatsapp.ack(page.whatsapp.handed[0], 1);
    expect(await events(page)).toMatchObject([{}, { type: "ack", ack: "server" }]);
  });

  it("whose upload failed is told as refused, by whichever way it is seen", async () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.upload = async (msg) => {
      msg.isSendFailure = true;
      return { messageSendResult: "ERROR_UPLOAD" };
    };
    const { page, events: told } = await sent({ whatsapp });
    expect(told).toMatchObject([{ type: "in_page", ack: "error" }]);
    page.submit({ type: "look_up", messageId: "look", waMessageId: ID });
    expect((await events(page)).slice(-1)[0]).toMatchObject({ messageId: "look", ack: "error" });
  });

  it("withdrawn by a look-up while the page reads it is never handed over", async () => {
    const whatsapp = new FakeWhatsapp();
    let read = (_?: unknown): void => undefined;
    whatsapp.prepare = () => new Promise((resolve) => (read = resolve));
    const { page } = await sent({ whatsapp });
    page.submit({ type: "look_up", messageId: `m-${ID}`, waMessageId: ID });
    expect(await events(page)).toMatchObject([{ type: "not_submitted" }, { type: "absent" }]);
    read();
    await page.turn();
    expect(page.whatsapp.handed).toEqual([]);
  });

  it("that WhatsApp's page cannot read is not submitted, and given again must come again", async () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.prepare = async () => {
      throw new Error("MediaPrep: not a picture");
    };
    const { page, events } = await sent({ whatsapp });
    expect(events).toMatchObject([
      { type: "not_submitted", problem: { code: "page_unresponsive" } },
    ]);
    const again = page.submit(fileOrder(ID, PDF));
    expect(again).toMatchObject({ ok: false, problem: { code: "not_now" } });
  });

  it("above WhatsApp's own limit is refused for good", async () => {
    const whatsapp = new FakeWhatsapp();
    whatsapp.uploadLimit = PDF.length - 1;
    const { page, events } = await sent({ whatsapp });
    expect(events).toMatchObject([{ type: "not_submitted", problem: { code: "bad_file" } }]);
    expect(page.whatsapp.prepared).toEqual([]);
  });
});

describe("a page that lacks what a file takes", () => {
  const without = (...modules: string[]): FakePage => {
    const whatsapp = new FakeWhatsapp();
    for (const module of modules) {
      whatsapp.modules.delete(module);
    }
    return connectedPage({ whatsapp });
  };

  it.each(["WAWebPrepRawMedia", "WAWebMediaOpaqueData"])(
    "without %s says so, sends texts, and refuses the file",
    async (module) => {
      const page = without(module);
      expect(page.probe()).toMatchObject({ state: "connected", missing: ["send_file"] });
      send(page);
      const refused = (await events(page))[0];
      expect(refused).toMatchObject({
        type: "not_submitted",
        problem: { code: "self_test_failed" },
      });
      const text = { messageId: "t", waMessageId: "3EB0FFFFFFFFFFFFFFFF", phone: "+5511970000001" };
      page.submit({ type: "send_text", ...text, text: "hello" });
      expect((await events(page)).slice(-1)[0]).toMatchObject({ type: "in_page", messageId: "t" });
      expect(page.whatsapp.handed.map((msg) => msg.type)).toEqual(["chat"]);
    },
  );

  it("does not need WhatsApp's limits", async () => {
    const page = without("WAWebMediaGatingUtils");
    expect(page.probe().missing).toEqual([]);
    send(page);
    expect(await events(page)).toMatchObject([{ type: "in_page" }]);
  });
});

describe("the pieces of a file", () => {
  const [first, second, third] = parts(`m-${ID}`, PDF);
  const refused = (page: FakePage) =>
    expect(page.submit(fileOrder(ID, PDF))).toMatchObject({
      ok: false,
      problem: { code: "not_now" },
    });

  it("must come in order, whole, and of one file", () => {
    const wrong: [string, object | undefined][] = [
      ["a gap", third],
      ["the same again", first],
      ["another message's", { ...second, messageId: "other" }],
      ["another file's", { ...second, sha256: "0".repeat(64) }],
      ["of another size", { ...second, sizeBytes: PDF.length + 1 }],
      ["no base64", { ...second, base64: "====" }],
      ["nothing", { ...second, base64: "" }],
      ["too long", { ...second, base64: "AAAA".repeat(MAX_PART_BYTES / 3 + 1) }],
    ];
    for (const [what, part] of wrong) {
      const page = connectedPage();
      expect(page.submit(first)).toMatchObject({ ok: true });
      const answer = page.submit(part);
      if (part === first) {
        expect(answer, "a piece at 0 begins anew").toMatchObject({ ok: true });
        continue;
      }
      expect(answer, what).toMatchObject({ ok: false, problem: { code: "bad_request" } });
      refused(page);
    }
  });

  it("that are not all there, or were changed on the way, are not sent", () => {
    const short = connectedPage();
    short.submit(first);
    short.submit(second);
    refused(short);
    const changed = connectedPage();
    const other = parts(
      `m-${ID}`,
      PDF.map((byte) => byte ^ 1),
    );
    for (const part of other) {
      changed.submit({ ...part, sha256: sha256(PDF) });
    }
    refused(changed);
  });

  it("are let go of by a look-up of their message, by another file, and by a new load", () => {
    const give = (page: FakePage, messageId = `m-${ID}`) => {
      for (const part of parts(messageId, PDF)) {
        expect(page.submit(part)).toMatchObject({ ok: true });
      }
    };
    const page = connectedPage();
    give(page);
    page.submit({ type: "look_up", messageId: `m-${ID}`, waMessageId: ID });
    refused(page);
    give(page);
    give(page, "other");
    refused(page);
    give(page);
    refused(connectedPage({ whatsapp: page.whatsapp }));
  });

  it("of an earlier load are refused", () => {
    const page = connectedPage();
    expect(page.submit(first, "another load")).toMatchObject({ problem: { code: "fenced" } });
  });

  it.each([
    ["sizeBytes", 0],
    ["sizeBytes", 64 * 1024 * 1024 + 1],
    ["sizeBytes", 1.5],
    ["offsetBytes", -1],
    ["sha256", "A".repeat(64)],
    ["base64", 7],
    ["messageId", ""],
  ])("with %s = %s are malformed", (key, value) => {
    const answer = connectedPage().submit({ ...first, [key]: value });
    expect(answer).toMatchObject({ ok: false, problem: { code: "bad_request" } });
  });

  it.each([
    ["kind", "film"],
    ["fileName", "../offer.pdf"],
    ["fileName", "a\u0000.pdf"],
    ["fileName", ""],
    ["fileName", "é".repeat(101)],
    ["mimeType", "pdf"],
    ["sizeBytes", 0],
    ["sha256", ""],
  ])("and an order with %s = %s is malformed", (key, value) => {
    const answer = connectedPage().submit({ ...fileOrder(ID, PDF), [key]: value });
    expect(answer).toMatchObject({ ok: false, problem: { code: "bad_request" } });
  });
});

describe("the bridge's own arithmetic", () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000, 200_003])("sums %i bytes", (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 251);
    const sum = openSha256();
    sum.add(bytes.subarray(0, length >> 1));
    sum.add(bytes.subarray(length >> 1));
    expect(sum.end()).toBe(sha256(bytes));
  });

  it.each([0, 1, 2, 3, 4, 255, 256, 257])("decodes %i bytes of base64", (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 89) % 256);
    const text = Buffer.from(bytes).toString("base64");
    expect(Buffer.from(decodeBase64(text) ?? [])).toEqual(Buffer.from(bytes));
  });

  it.each(["A", "AAA", "AA=A", "A===", "AA-_", "AAA é", " AAA"])("refuses %j", (text) => {
    expect(decodeBase64(text)).toBeNull();
  });
});
