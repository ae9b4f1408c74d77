// The pictures of the API page.
import { click, id, light, night, phone } from "./shots.mjs";

export const REFERENCE = [
  { name: "api", path: "/reference", ready: "call" },
  { name: "api-call", path: "/reference/get_leads", ready: "operation" },
];

const scroll = (page, by) =>
  page.locator(id("pane")).evaluate((pane, pixels) => pane.scrollBy(0, pixels), by);

export const REFERENCE_EXTRAS = [
  {
    ...light,
    name: "api-body",
    path: "/reference/post_messages",
    ready: "operation",
    act: async (page) => {
      await page
        .locator(`${id("body")} ${id("field-open")}`)
        .first()
        .click();
      await page.locator(id("body")).scrollIntoViewIfNeeded();
      await scroll(page, 320);
    },
  },
  {
    ...night,
    name: "api-example",
    path: "/reference/put_settings",
    ready: "operation",
    act: async (page) => {
      await click("view-example", "copy")(page);
      await scroll(page, 280);
    },
  },
  {
    ...light,
    size: { width: 1680, height: 900 },
    name: "api-1680",
    path: "/reference/post_messages_one_decision",
    ready: "operation",
  },
  {
    ...phone,
    name: "api-answers-390",
    path: "/reference/get_leads",
    ready: "operation",
    act: (page) => scroll(page, 900),
  },
  { ...light, name: "api-found", path: "/reference/overview?search=phone", ready: "call" },
  { ...light, name: "api-none-found", path: "/reference?search=zzz", ready: "none-found" },
  { ...light, name: "api-no-call", path: "/reference/of_later", ready: "no-call" },
  { ...light, name: "api-empty", path: "/reference", scene: "empty", ready: "none-found" },
  { ...light, name: "api-loading", path: "/reference", scene: "slow", ready: "search" },
  {
    ...night,
    name: "api-down",
    path: "/reference",
    scene: "down",
    ready: "trouble",
    errors: /status of 503/,
  },
];
