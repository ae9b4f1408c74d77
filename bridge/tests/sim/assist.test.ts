import { describe, expect, it } from "vitest";
import { JOHN, textOrder, useOffice } from "./office";

/** A page that has lost what sends, in which an SDR sends by hand. */
describe("a chat opened for a person", () => {
  const office = useOffice();

  const HAS_LOST = { dropModules: ["WAWebSendMsgChatAction"] };

  async function blind(): Promise<void> {
    await office.turn(HAS_LOST);
    await office.profile.page.reload();
    await office.profile.until({ state: "connected", missing: ["send_text"] });
  }

  /** What the box of the open chat holds. */
  const inBox = () =>
    office.profile
      .evaluate(
        `document.querySelector("footer div[contenteditable=true][data-tab='10']").textContent`,
      )
      .catch(() => null);

  it("has the text in its box, and nothing leaves before the person presses Send", async () => {
    await blind();
    const { phone, text } = textOrder("+5511970000077", "Olá, Ana! 50% & more? #1");
    const before = (await office.rehearsal.left()).length;
    await office.profile.submit({ type: "compose", phone, text });
    await expect.poll(inBox, { timeout: 20_000 }).toBe(text);
    await office.profile.until({ state: "connected", dialog: null });
    expect(await office.rehearsal.left(), "the page presses nothing").toHaveLength(before);
    await office.profile.evaluate(`document.querySelector("button[data-tab='11']").click(); ""`);
    await expect.poll(async () => (await office.rehearsal.left()).length).toBe(before + 1);
    expect((await office.rehearsal.left())[before]).toMatchObject({ account: JOHN, to: phone });
    await office.profile.page.goto(office.rehearsal.url);
  });

  it("of a number that is not on WhatsApp is told as that", async () => {
    await blind();
    const before = (await office.rehearsal.left()).length;
    await office.profile.submit({ type: "compose", phone: "+5511970000404", text: "Hello" });
    await office.profile.until({ dialog: "not_on_whatsapp" });
    expect(await office.rehearsal.left()).toHaveLength(before);
    await office.turn({ dropModules: [] });
    await office.profile.page.goto(office.rehearsal.url);
  });

  it("is not opened in a page that can send by itself", async () => {
    const compose = { type: "compose", phone: "+5511970000077", text: "Hello" };
    await expect(office.profile.submit(compose)).rejects.toThrow("not_now");
  });

  it("elsewhere is answered by using WhatsApp here", async () => {
    await office.rehearsal.post("page", { phone: JOHN, action: "conflict" });
    await office.profile.until({ state: "conflict", dialog: "use_here" });
    await office.profile.submit({ type: "use_here" });
    await office.profile.until({ state: "connected", dialog: null });
  });
});
