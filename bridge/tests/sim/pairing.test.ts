import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Profile, Rehearsal } from "./rehearsal";

const JOHN = "+5511960000001";

describe("linking by a typed code in the rehearsal WhatsApp", () => {
  let rehearsal: Rehearsal;
  let profile: Profile;

  beforeEach(async () => {
    rehearsal = await Rehearsal.start();
    profile = await Profile.open(rehearsal);
    await profile.until({ state: "qr", qrExpired: false });
  });

  /** Waits for another code to scan than this one. */
  async function freshQr(before: string | null): Promise<void> {
    await vi.waitFor(
      async () => {
        const { state, qr, pairingCode } = await profile.probe();
        expect({ state, pairingCode }).toEqual({ state: "qr", pairingCode: null });
        expect(qr).toMatch(/^https:/);
        expect(qr).not.toBe(before);
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  afterEach(async () => {
    await profile.close();
    await rehearsal.end();
  });

  it("links the phone that the code is typed on", async () => {
    await profile.submit({ type: "link_by_code", phone: JOHN });
    const { pairingCode, qr } = await profile.until({ state: "pairing_code" });
    expect(pairingCode?.value).toMatch(/^[0-9A-Z]{8}$/);
    expect(qr).toBeNull();
    await rehearsal.post("pair", { phone: JOHN, code: pairingCode?.value });
    const probe = await profile.until({ state: "connected", missing: [] });
    expect(probe).toMatchObject({ account: { phone: JOHN }, pairingCode: null });
  });

  it("tells the code that a person asked for on the page", async () => {
    const press = (id: string) =>
      profile.evaluate(`document.querySelector("[data-testid='${id}']").click()`);
    await press("link-other-way");
    await profile.evaluate(`document.querySelector("input[type=tel]").value = "${JOHN}"`);
    await press("pairing-next");
    const { pairingCode } = await profile.until({ state: "pairing_code" });
    await rehearsal.post("pair", { phone: JOHN, code: pairingCode?.value });
    await profile.until({ state: "connected" });
  });

  it("goes back to a fresh QR code that links", async () => {
    const before = await profile.probe();
    await profile.submit({ type: "link_by_code", phone: JOHN });
    await profile.until({ state: "pairing_code" });
    await profile.submit({ type: "refresh_qr" });
    await freshQr(before.qr);
    const after = await profile.link(rehearsal, JOHN);
    expect(after.generation, "in the same load").toBe(before.generation);
  });

  it("keeps its QR code where WhatsApp gives no code for the number", async () => {
    await profile.submit({ type: "link_by_code", phone: "+1234567" });
    await freshQr(null);
    await profile.link(rehearsal, JOHN);
  });
});
