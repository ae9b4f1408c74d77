import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { barriers, goTo, id, Office } from "./office.mjs";

const TEXT =
  "Hello {{first_name}}, this is {{sdr_first_name}}. A word about {{company|your shop}}?";

let office;
beforeAll(async () => {
  office = await Office.open(30);
});
afterAll(() => office?.close());

const until = (page, name, text) => page.locator(id(name), { hasText: text }).first().waitFor();

describe("writing to leads at the queue server’s own dashboard", () => {
  test("a template is kept and used, its campaign queued for each lead it is for, and withdrawn", async () => {
    const page = await office.signedIn("manager");
    await goTo(page, "templates");
    await page.locator(id("template-first")).click();
    await page.locator(id("template-name")).fill("After the fair");
    await page.locator(id("template-text")).fill(TEXT);
    await page.locator(id("template-save")).click();
    await until(page, "template", "After the fair");
    await page.locator(id("template-use")).click();
    await page.locator(id("to-status")).selectOption("");
    await page.locator(id("to-search")).fill("isabel");
    await until(page, "matching", "lead");
    await until(page, "preview-text", "Hello Isabel, this is");
    const shown = await page.locator(id("preview-text")).textContent();
    expect(shown).not.toContain("{{");
    await page.locator(id("campaign-title")).fill("All called Isabel");
    await page.locator(id("write-send")).click();
    await page.locator(id("send-confirm")).click();
    await until(page, "campaign-name", "All called Isabel");
    await until(page, "campaign-counts", "Queued");
    expect(await barriers(page)).toEqual([]);
    await page.locator(id("campaign-messages")).click();
    await until(page, "message", "Isabel");
    await page.goBack();
    await page.locator(id("campaign-cancel")).click();
    await page.locator(id("campaign-cancel-confirm")).click();
    await until(page, "campaign", "Cancelled");
    const { campaigns } = await page.evaluate(async () => (await fetch("/api/campaigns")).json());
    const [{ counts, total }] = campaigns;
    expect(total).toBeGreaterThan(0);
    expect(counts).toMatchObject({ cancelled: total, queued: 0, waiting: 0 });
    await page.context().close();
  });

  test("where a lead is, is written down on their panel and counts", async () => {
    const page = await office.signedIn("manager");
    await goTo(page, "leads");
    await page.locator(id("lead")).first().click();
    await until(page, "lead-zone", "Sao Paulo");
    await page.locator(id("lead-zone-change")).click();
    await page.locator(id("lead-zone-field")).fill("Asia/Tokyo");
    await page.keyboard.press("Enter");
    await until(page, "lead-zone", "Tokyo");
    const { leads } = await page.evaluate(async () => (await fetch("/api/leads?limit=200")).json());
    expect(leads.filter(({ timeZone }) => timeZone === "Asia/Tokyo")).toHaveLength(1);
    await page.context().close();
  });
});
