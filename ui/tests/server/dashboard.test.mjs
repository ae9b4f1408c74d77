import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { barriers, goTo, id, Office, signIn } from "./office.mjs";

/** Three good ones (one of area code 55, one as it is written at home), one without a number. */
const LEADS = `Nome;Telefone;Empresa
Marisa Prado;(55) 99655-1234;Vinhos do Sul
Otávio Reis;+55 11 98765-4321;Reis & Filhos
Lúcia Nunes;11 97654-3210;Nunes
Sem Número;;Nada
`;

let office;
beforeAll(async () => {
  office = await Office.open(30);
});
afterAll(() => office?.close());

const texts = (page, name) => page.locator(id(name)).allInnerTexts();
const until = (page, name, text) => page.locator(id(name), { hasText: text }).first().waitFor();

async function chooseFile(page) {
  await page.locator(id("import-open")).click();
  await page.locator(id("import-file")).setInputFiles({
    name: "fair.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(LEADS),
  });
  await page.locator(id("import-consent")).fill("asked at the fair");
}

describe("at the queue server’s own dashboard", () => {
  test("a wrong password is told and opens nothing", async () => {
    const page = await office.visit();
    await signIn(page, "manager", "not this one");
    await page.locator(id("sign-in-problem")).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  test("the session is in a cookie no script can read, and a sign-out ends it", async () => {
    const page = await office.signedIn("manager");
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({
      name: "__Host-hotdesk",
      httpOnly: true,
      secure: true,
      sameSite: "Strict",
    });
    expect(await page.evaluate(() => document.cookie)).toBe("");
    await page.locator(id("sign-out")).click();
    await page.locator(id("sign-in")).waitFor();
    const answer = await fetch(`${office.url}/api/sdrs`, {
      headers: { cookie: `${cookie.name}=${cookie.value}` },
    });
    expect(answer.status, "the cookie opens nothing any more").toBe(401);
    await page.context().close();
  });

  test("a page that is not ours changes nothing with the cookie", async () => {
    const page = await office.signedIn("manager");
    const cookies = await page.context().cookies();
    const answer = await fetch(`${office.url}/api/opt-outs`, {
      method: "POST",
      headers: {
        cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
        "content-type": "application/json",
      },
      body: JSON.stringify({ phone: "+5511970000001", reason: "forged" }),
    });
    expect(answer.status).toBe(403);
    await goTo(page, "do-not-contact");
    await page.locator("main h2").nth(1).waitFor();
    expect(await texts(page, "opt-out")).toEqual([]);
    await page.context().close();
  });

  test("what a desktop tells is on the page without a reload, and its QR code too", async () => {
    const page = await office.signedIn("manager");
    const john = page.locator("[data-sdr=john]");
    const desktop = await office.desktop("john");
    await desktop.claim();
    await desktop.tells("qr");
    await john.locator(id("connect-open")).click();
    await desktop.shows("2@a-value-of-a-code,and,its,parts");
    await page.locator(id("qr")).waitFor();
    const { wish } = await desktop.claim();
    expect(wish?.kind, "the desktop is asked").toBe("link");
    await desktop.tells("connected", { phone: "+5511960000001", connectedAtMs: Date.now() });
    await page.locator(id("linked")).waitFor();
    await page.locator(id("connect-close")).click();
    await john.getByText("+55 11 96000-0001").waitFor();
    await page.context().close();
  });

  test("a file of leads is understood, shown, and imported once however often it is sent", async () => {
    const page = await office.signedIn("manager");
    await goTo(page, "leads");
    await until(page, "page-line", "30 leads");
    for (const [fresh, known] of [
      [3, 0],
      [0, 3],
    ]) {
      await chooseFile(page);
      await page.locator(id("import-check")).click();
      await page.locator(id("import-preview")).waitFor();
      const words = await page.locator(id("import")).textContent();
      expect(words).toMatch(new RegExp(`${fresh}\\s*new lead`));
      expect(words).toMatch(new RegExp(`${known}\\s*known already`));
      expect(words).toMatch(/1\s*left out/);
      expect(await page.locator(`${id("rejected")} li`).count()).toBe(1);
      if (fresh > 0) await until(page, "import-preview", "+55 55 99655-1234");
      await page.locator(id("import-run")).click();
      await page.locator(id("import-result")).waitFor();
      await page.locator(id("import-done")).click();
      await until(page, "page-line", "33 leads");
    }
    await page.context().close();
  });

  test("leads are found by a part of their name and given to an SDR", async () => {
    const page = await office.signedIn("manager");
    await goTo(page, "leads");
    await page.locator(id("search")).fill("otavio");
    await until(page, "page-line", "1 lead");
    await page.locator(id("select-loaded")).click();
    await page.locator(id("assign-open")).click();
    await page.locator(id("way-many")).click();
    for (const sdr of ["bob", "john"]) await page.locator(id(`among-${sdr}`)).click();
    await page.locator(id("assign-confirm")).click();
    await until(page, "lead", "Jane");
    await page.context().close();
  });

  test("a blocked number is listed, and what was queued for it is withdrawn", async () => {
    const page = await office.signedIn("manager");
    await goTo(page, "do-not-contact");
    await page.locator(id("add-open")).click();
    await page.locator(id("block-phone")).fill("+5511970000002");
    await page.locator(id("block-reason")).fill("asked by phone");
    await page.locator(id("block-confirm")).click();
    await until(page, "opt-out", "+55 11 97000-0002");
    await goTo(page, "leads");
    await page.locator(id("search")).fill("970000002");
    await until(page, "lead", "Opted out");
    await page.context().close();
  });

  test("an SDR sees their own and may import nothing", async () => {
    const page = await office.signedIn("jane");
    expect(await page.locator("[data-sdr]").count()).toBe(1);
    await goTo(page, "messages");
    await page.locator(id("message")).first().waitFor();
    const { messages } = await page.evaluate(async () =>
      (await fetch("/api/messages?newest=true&limit=200")).json(),
    );
    expect(new Set(messages.map(({ sdrId }) => sdrId))).toEqual(new Set(["jane"]));
    const others = await page.evaluate(async () => (await fetch("/api/leads?sdrId=john")).status);
    expect(others).toBe(403);
    await goTo(page, "leads");
    await page.locator(id("lead")).first().waitFor();
    expect(await page.locator(id("import-open")).count()).toBe(0);
    await page.context().close();
  });

  test("no page has a serious barrier, and none asks another host or breaks the policy", async () => {
    const page = await office.signedIn("manager");
    const wrong = [];
    page.on("console", (line) => line.type() === "error" && wrong.push(line.text()));
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("request", (asked) => asked.url().startsWith(office.url) || wrong.push(asked.url()));
    for (const name of [
      "sdrs",
      "review",
      "messages",
      "leads",
      "do-not-contact",
      "figures",
      "audit",
    ]) {
      await goTo(page, name);
      await page.locator("main h1, main h2").first().waitFor();
      await page.waitForLoadState("load");
      expect(await barriers(page), name).toEqual([]);
    }
    expect(wrong).toEqual([]);
    await page.context().close();
  });
});
