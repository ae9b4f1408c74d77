import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { MAX_PART_BYTES } from "../../src/generated/protocol";
import { fileOrderOf, JOHN, LEAD, useOffice } from "./office";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
/** A document that takes several pieces. */
const OFFER = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(MAX_PART_BYTES * 2, "offer")]);

/** A grey picture that a browser can read. */
function picture(): Buffer {
  const crc = (data: Buffer) => {
    let sum = 0xffffffff;
    for (const byte of data) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) {
        sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
      }
    }
    return ~sum >>> 0;
  };
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const [width, height] = [60, 40];
  const head = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 0, 0, 0, 0]);
  const rows = Buffer.alloc((width + 1) * height, 128).map((_, at) => (at % (width + 1) ? 128 : 0));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.from(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("a file in the rehearsal WhatsApp", () => {
  const office = useOffice();

  /** Gives the bytes and the order, as the app does. */
  async function send(order: ReturnType<typeof fileOrderOf>, bytes: Uint8Array = OFFER) {
    await office.giveFile(bytes, order);
    return office.profile.submit(order);
  }

  it("leaves once as a document, byte for byte, with its caption, name and chosen id", async () => {
    const order = fileOrderOf(OFFER);
    await send(order);
    for (const ack of ["server", "device", "read"] as const) {
      await office.reaches(order, ack);
    }
    expect(await office.left(order)).toMatchObject([
      {
        account: JOHN,
        to: LEAD,
        kind: "document",
        fileName: "offer.pdf",
        mimeType: "application/pdf",
        size: OFFER.length,
        sha256: order.sha256,
        textHash: hash(order.caption),
      },
    ]);
  });

  it("leaves once as a picture, with its caption", async () => {
    const bytes = picture();
    const order = fileOrderOf(bytes, { kind: "image", mimeType: "image/png", fileName: "map.png" });
    await send(order, bytes);
    await office.reaches(order, "server");
    expect(await office.left(order)).toMatchObject([
      { kind: "image", mimeType: "image/png", textHash: hash(order.caption) },
    ]);
  });

  it("given again under its id is told as already there, and does not hang", async () => {
    const order = fileOrderOf(OFFER);
    await send(order);
    await office.reaches(order, "read");
    await send(order);
    const again = { type: "in_page", messageId: order.messageId, alreadyThere: true, ack: "read" };
    await office.profile.event(again);
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    office.profile.events.length = 0;
    await send(order);
    await office.profile.event(again);
    expect(await office.left(order), "still the one").toHaveLength(1);
  });

  it("whose pieces were given to an earlier load is not sent by the next one", async () => {
    const order = await office.giveFile(OFFER);
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    await expect(office.profile.submit(order)).rejects.toThrow("not_now");
    expect(await office.left(order)).toEqual([]);
  });

  it.each([0, 10, 20, 40, 80, 150])(
    "leaves once though the page is reloaded %i ms after the submit",
    async (ms) => {
      const order = fileOrderOf(OFFER);
      await send(order);
      await office.profile.evaluate(`setTimeout(() => location.reload(), ${ms}); ""`);
      await office.reloaded();
      await office.profile.until({ state: "connected", missing: [] });
      office.profile.events.length = 0;
      const look = { type: "look_up", messageId: "look", waMessageId: order.waMessageId };
      await office.profile.submit(look);
      const answer = await office.profile.event({ messageId: "look" });
      if (answer.type === "absent") {
        await send(order);
      }
      await office.reaches(order, "server");
      expect(await office.left(order), "exactly one real message").toHaveLength(1);
    },
  );

  it("whose upload hangs stays at ack 0, is found by look-up, and leaves once after a reload", async () => {
    await office.turn({ hangCalls: ["uploadMedia"] });
    const order = fileOrderOf(OFFER);
    await send(order);
    const seen = { messageId: order.messageId, type: "in_page", ack: "clock" };
    await office.profile.event(seen);
    await office.profile.submit({
      type: "look_up",
      messageId: "look",
      waMessageId: order.waMessageId,
    });
    await office.profile.event({ ...seen, messageId: "look", alreadyThere: true });
    expect(await office.left(order), "nothing has left").toEqual([]);
    await office.turn({ hangCalls: [] });
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    await send(order);
    await office.reaches(order, "server");
    expect(await office.left(order), "WhatsApp itself sent it, once").toHaveLength(1);
  });

  it("whose upload is refused is told as refused, and leaves no more", async () => {
    await office.turn({ refuseUploads: true });
    const order = fileOrderOf(OFFER);
    await send(order);
    await office.profile.some((event) => "ack" in event && event.ack === "error");
    await office.turn({ refuseUploads: false });
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    office.profile.events.length = 0;
    await send(order);
    const there = await office.profile.event({ messageId: order.messageId });
    expect(there, "also after a reload").toMatchObject({ alreadyThere: true, ack: "error" });
    expect(await office.left(order)).toEqual([]);
  });

  it("that is no picture is not submitted, and nothing leaves", async () => {
    const order = fileOrderOf(OFFER, { kind: "image", mimeType: "image/png" });
    await send(order);
    await office.profile.event({ type: "not_submitted", messageId: order.messageId });
    expect(await office.left(order)).toEqual([]);
  });

  it("of sixteen megabytes reaches the page and leaves", async () => {
    const bytes = Buffer.alloc(16 * 1024 * 1024, "%PDF-1.7 much");
    const order = fileOrderOf(bytes);
    await send(order, bytes);
    await office.reaches(order, "server");
    expect(await office.left(order)).toMatchObject([{ size: bytes.length, sha256: order.sha256 }]);
  });

  it("asks nothing of the network but the page's own upload", async () => {
    const before = (await office.profile.page.requests()).length;
    const order = fileOrderOf(OFFER);
    await send(order);
    await office.reaches(order, "server");
    const asked = (await office.profile.page.requests()).slice(before);
    expect(asked.filter((url) => url !== `${office.rehearsal.url}/media`)).toEqual([]);
    const { cspViolations } = await office.rehearsal.state();
    expect(cspViolations, "the page's own policy was never offended").toBe(0);
  });
});
