import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { Ack } from "../../src/generated/protocol";
import { fileOrder, parts } from "../parts";
import { type Left, Profile, Rehearsal } from "./rehearsal";

export const JOHN = "+5511960000001";
export const JANE = "+5511960000002";
export const LEAD = "+5511970000001";
const RANK: readonly Ack[] = ["clock", "server", "device", "read", "played"];
let ids = 0;

/** The order to send a text under an id never used before. */
export function textOrder(phone = LEAD, text = "Olá, Ana! 👋") {
  ids += 1;
  const waMessageId = `3EB0${ids.toString(16).toUpperCase().padStart(18, "0")}`;
  return { type: "send_text", messageId: `m-${waMessageId}`, waMessageId, phone, text } as const;
}

/** The order to send a file under an id never used before. */
export function fileOrderOf(bytes: Uint8Array, more: object = {}) {
  return fileOrder(textOrder().waMessageId, bytes, more);
}

/** A linked profile at a rehearsal WhatsApp, one for all tests of a file. */
export class Office {
  rehearsal!: Rehearsal;
  profile!: Profile;
  private knobs = {};
  private generation = "";

  async open(): Promise<void> {
    this.rehearsal = await Rehearsal.start(["--ack-ms", "20"]);
    this.knobs = (await this.rehearsal.get("knobs")) as object;
    this.profile = await Profile.open(this.rehearsal);
  }

  async close(): Promise<void> {
    await this.profile.close();
    await this.rehearsal.end();
  }

  /** Linked, connected and complete, whatever the last test did to it. */
  async ready(): Promise<void> {
    this.profile.events.length = 0;
    const probe = await this.profile.probe().catch(() => null);
    const whole = probe?.state === "connected" && probe.missing.length === 0;
    if (!whole || probe.adapter !== "modules" || probe.account?.phone !== JOHN) {
      await this.profile.page.goto(this.rehearsal.url);
      await this.profile.linkOnce(this.rehearsal, JOHN);
    }
    this.generation = (await this.profile.until({ state: "connected", missing: [] })).generation;
  }

  /** Waits until the page has been loaded anew since the test began. */
  async reloaded(): Promise<void> {
    await expect
      .poll(
        async () => (await this.profile.probe().catch(() => null))?.generation ?? this.generation,
        {
          timeout: 20_000,
        },
      )
      .not.toBe(this.generation);
  }

  async turn(knobs: object): Promise<void> {
    await this.rehearsal.post("knobs", knobs);
  }

  async restore(): Promise<void> {
    await this.turn(this.knobs);
  }

  /** Puts the bytes into the page piece by piece, as the app does; gives the order that follows. */
  async giveFile(bytes: Uint8Array, order = fileOrderOf(bytes)) {
    for (const part of parts(order.messageId, bytes)) {
      await this.profile.submit(part);
    }
    return order;
  }

  /** What really left under the order's id. */
  async left(order: { waMessageId: string }): Promise<Left[]> {
    return (await this.rehearsal.left()).filter((row) => row.waMessageId === order.waMessageId);
  }

  /** Waits until the app knows that the message has at least this ack. */
  async reaches(order: { waMessageId: string }, ack: Ack): Promise<void> {
    await this.profile.some((event) => {
      const told = event.type === "ack" || event.type === "in_page" ? event : null;
      return told?.waMessageId === order.waMessageId && RANK.indexOf(told.ack) >= RANK.indexOf(ack);
    });
  }
}

/** One office for the tests of a `describe`; the knobs are back where they were after each. */
export function useOffice(): Office {
  const office = new Office();
  beforeAll(() => office.open());
  beforeEach(() => office.ready());
  afterEach(() => office.restore());
  afterAll(() => office.close());
  return office;
}
