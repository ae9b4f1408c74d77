import { describe, expect, it } from "vitest";
import { lackingWithout, MODULES } from "./module-faults";
import { JOHN, LEAD, textOrder, useOffice } from "./office";

const NEEDED = MODULES.map((module) => ({ module, lacking: lackingWithout(module) })).filter(
  ({ lacking }) => lacking.length > 0,
);
/** One that only looks, one that only sends, one that does nearly everything. */
const GONE = ["WAWebQueryExistsJob", "WAWebSendMsgChatAction", "WAWebMsgCollection"];

describe("with one module at fault and wa-js put in", () => {
  const office = useOffice();

  async function putIn(knobs: object, lacking: readonly string[]): Promise<void> {
    await office.turn(knobs);
    await office.profile.page.reload();
    await office.profile.until({ missing: [...lacking] as never });
    await office.profile.page.adopt();
  }

  it.each(NEEDED)("$module renamed: wa-js serves, the message leaves once", async (fault) => {
    await putIn({ renameModules: { [fault.module]: `${fault.module}V2` } }, fault.lacking);
    const probe = await office.profile.until({
      adapter: "wa-js",
      state: "connected",
      missing: [],
    });
    expect(probe.account?.phone).toBe(JOHN);
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "server");
    expect(await office.left(send)).toMatchObject([{ account: JOHN, to: LEAD }]);
  });

  const gone = NEEDED.filter(({ module }) => GONE.includes(module));
  it.each(gone)("$module gone: $lacking stays named, nothing leaves", async (fault) => {
    await putIn({ dropModules: [fault.module] }, fault.lacking);
    await expect
      .poll(() => office.profile.evaluate("String(WPP.isReady)"), { timeout: 20_000 })
      .toBe("true");
    expect((await office.profile.probe()).missing).toEqual(fault.lacking);
    const send = textOrder();
    await office.profile.submit(send);
    await office.profile.event({ type: "not_submitted", messageId: send.messageId });
    expect(await office.left(send)).toEqual([]);
  });
});
