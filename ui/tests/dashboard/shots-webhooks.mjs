// Pictures of the webhooks.
import { click, id, light, night } from "./shots.mjs";

async function addWebhook(page) {
  await click("webhook-add-open")(page);
  await page.locator(id("webhook-url")).fill("https://erp.almar.example/hotdesk");
  await click("webhook-confirm")(page);
  await page.locator(id("webhook-secret")).waitFor();
}

/** Each in both themes and both widths. */
export const WEBHOOKS = [
  { name: "webhooks", path: "/webhooks", scene: "admin", ready: "webhook" },
  { name: "webhook", path: "/webhooks/w-2", scene: "admin", ready: "delivery" },
  {
    name: "webhook-add",
    path: "/webhooks",
    scene: "admin",
    ready: "webhook",
    act: click("webhook-add-open"),
  },
  { name: "webhook-secret", path: "/webhooks", scene: "admin", ready: "webhook", act: addWebhook },
];

/** What is to be seen once. */
export const WEBHOOKS_EXTRAS = [
  {
    ...light,
    name: "webhooks-first",
    path: "/webhooks",
    scene: "first",
    ready: "webhook-add-open",
  },
  {
    ...light,
    name: "webhook-add-faults",
    path: "/webhooks",
    scene: "admin",
    ready: "webhook",
    act: async (page) => {
      await click("webhook-add-open")(page);
      await page.locator(id("webhook-url")).fill("crm.example.com");
      await click("webhook-all", "webhook-all", "webhook-confirm")(page);
      await page.locator(id("webhook-url-fault")).waitFor();
    },
  },
  {
    ...light,
    name: "webhook-remove",
    path: "/webhooks/w-3",
    scene: "admin",
    ready: "delivery",
    act: click("webhook-remove-open"),
  },
  {
    ...light,
    name: "webhook-refused",
    path: "/webhooks/w-2",
    scene: "refuses",
    ready: "delivery",
    errors: /status of 503/,
    act: async (page) => {
      await click("webhook-test")(page);
      await page.locator(id("webhook-refused")).waitFor();
    },
  },
  {
    ...light,
    name: "webhook-gone",
    path: "/webhooks/w-77",
    scene: "admin",
    ready: "webhook-panel",
  },
  {
    ...light,
    name: "webhooks-down",
    path: "/webhooks",
    scene: "down-admin",
    ready: "trouble",
    errors: /status of 503/,
  },
  {
    ...night,
    name: "webhooks-loading",
    path: "/webhooks",
    scene: "slow-admin",
    ready: "nav-webhooks",
  },
];
