import { describe, expect, it } from "vitest";
import { ChromiumPage } from "./chromium";
import { JOHN, LEAD, textOrder, useOffice } from "./office";
import { ENGINE } from "./rehearsal";

describe("the adapter wa-js, where modules has failed", () => {
  const office = useOffice();

  /** Takes a module away, sees `modules` fail, and puts wa-js in its place as the app does. */
  async function fallBack(knobs: object, missing: readonly string[]) {
    await office.turn(knobs);
    await office.profile.page.reload();
    await office.profile.until({ missing: [...missing] as never });
    await office.profile.page.adopt();
    return office.profile.until({ adapter: "wa-js", state: "connected", missing: [] });
  }

  const elsewhere: readonly [string, string[]][] = [
    ["WAWebUserPrefsIsLoggedIn", ["state"]],
    ["WAWebQueryExistsJob", ["exists"]],
    ["WAWebSendMsgChatAction", ["send_text"]],
  ];
  it.each(elsewhere)(
    "sends once under the chosen id when %s has another name",
    async (module, missing) => {
      const probe = await fallBack({ renameModules: { [module]: `${module}V2` } }, missing);
      expect(probe.account).toMatchObject({ phone: JOHN });
      const send = textOrder();
      await office.profile.submit(send);
      const inPage = await office.profile.event({
        type: "in_page",
        messageId: send.messageId,
        alreadyThere: false,
      });
      expect(inPage, "both ids of the lead").toMatchObject({
        chatId: `${LEAD.slice(1)}@c.us`,
        otherChatId: expect.stringMatching(/^\d+@lid$/),
      });
      for (const ack of ["server", "device", "read"]) {
        await office.profile.event({ type: "ack", waMessageId: send.waMessageId, ack });
      }
      await office.profile.submit(send);
      await office.profile.event({
        type: "in_page",
        messageId: send.messageId,
        alreadyThere: true,
      });
      expect(await office.left(send)).toMatchObject([{ account: JOHN, to: LEAD }]);
    },
  );

  const RENAMED = { renameModules: { WAWebSendMsgChatAction: "WAWebSendMsgChatActionV2" } };

  it("obeys the same rules: number not on WhatsApp, look-up, reply, refusal", async () => {
    await fallBack(RENAMED, ["send_text"]);
    const nobody = textOrder("+5511970000404");
    await office.profile.submit(nobody);
    await office.profile.event({ type: "not_on_whatsapp", messageId: nobody.messageId });
    await office.profile.submit({
      type: "look_up",
      messageId: "look",
      waMessageId: nobody.waMessageId,
    });
    await office.profile.event({ type: "absent", messageId: "look" });
    await office.rehearsal.post("reply", { phone: JOHN, from: LEAD, text: "Oi!" });
    await office.profile.event({ type: "incoming", text: "Oi!", phone: LEAD });
    expect(
      office.profile.events.filter((event) => event.type === "incoming"),
      "told once, though two could listen",
    ).toHaveLength(1);
    await office.turn({ ack: "refused" });
    const refused = textOrder();
    await office.profile.submit(refused);
    await office.profile.event({ type: "ack", waMessageId: refused.waMessageId, ack: "error" });
    expect(await office.left(refused)).toEqual([]);
    expect(await office.left(nobody)).toEqual([]);
  });

  it("knows an id that modules sent before, also after a reload, and sends it no more", async () => {
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "read");
    await fallBack(RENAMED, ["send_text"]);
    office.profile.events.length = 0;
    await office.profile.submit(send);
    await office.profile.event({ type: "in_page", messageId: send.messageId, alreadyThere: true });
    expect(await office.left(send)).toHaveLength(1);
  });

  it("is gone with its load of the page: the next one starts with modules alone", async () => {
    await fallBack(RENAMED, ["send_text"]);
    await office.profile.page.reload();
    await office.profile.until({ adapter: "modules", missing: ["send_text"] });
  });

  it("sends files where only the modules for files have moved, and texts go their old way", async () => {
    const moved = { renameModules: { WAWebPrepRawMedia: "WAWebPrepRawMediaV2" } };
    await fallBack(moved, ["send_file"]);
    const file = await office.giveFile(Buffer.from("%PDF-1.7 by another way"));
    await office.profile.submit(file);
    await office.reaches(file, "server");
    expect(await office.left(file)).toMatchObject([{ kind: "document", sha256: file.sha256 }]);
    await office.giveFile(Buffer.from("%PDF-1.7 by another way"), file);
    await office.profile.submit(file);
    await office.profile.event({ messageId: file.messageId, alreadyThere: true });
    expect(await office.left(file)).toHaveLength(1);
  });

  it("does not serve while modules lacks nothing", async () => {
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    await office.profile.page.adopt();
    const send = textOrder();
    await office.profile.submit(send);
    await office.reaches(send, "read");
    expect((await office.profile.probe()).adapter).toBe("modules");
    expect(await office.left(send)).toHaveLength(1);
  });

  it.skipIf(ENGINE === "webkit")(
    "is refused where the library is not in the page (the app itself always puts it there)",
    async () => {
      const { page } = office.profile;
      await page.reload();
      await office.profile.until({ state: "connected", missing: [] });
      if (!(page instanceof ChromiumPage)) {
        throw new Error("this is not Chromium");
      }
      await expect(page.adoptWhatIsThere()).rejects.toThrow("not_now");
    },
  );

  it("is refused to script of the page, also with a library of its own", async () => {
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: [] });
    const forged = await office.profile.evaluate(
      `window.WPP = { isReady: true, whatsapp: {} };
      window[Object.getOwnPropertyNames(window).find((name) => typeof window[name]?.adopt === "function")].adopt("guess")`,
    );
    expect(forged).toContain(`"code":"forbidden"`);
  });

  it("talks to nobody but the page's own server, also about a link in a text", async () => {
    await fallBack(RENAMED, ["send_text"]);
    const send = textOrder(LEAD, "See https://example.com/page?x=1");
    await office.profile.submit(send);
    await office.reaches(send, "read");
    const asked = await office.profile.page.requests();
    expect(asked.length, "requests are seen").toBeGreaterThan(0);
    expect(asked.filter((url) => !url.startsWith(`${office.rehearsal.url}/`))).toEqual([]);
    const { cspViolations } = await office.rehearsal.state();
    expect(cspViolations, "nor did it try what the page's policy forbids").toBe(0);
  });
});
