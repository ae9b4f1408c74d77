// Pictures of what writes to leads: campaigns, templates, and messages that are queued again.
import { click, id, light, night, phone } from "./shots.mjs";

async function postpone(page) {
  await click("senders-turn", "start-later")(page);
  await page.locator(id("preview-sums")).waitFor();
  await page.locator(`${id("write-send")}:not(:disabled)`).waitFor();
}

/** Each in both themes and both widths. */
export const OUTREACH = [
  { name: "campaigns", path: "/campaigns", ready: "campaign" },
  { name: "campaign", path: "/campaigns/c-2", ready: "campaign-counts" },
  { name: "write", path: "/campaigns/new?template=t-1", ready: "preview-text" },
  { name: "write-lead", path: "/campaigns/new?lead=l-9&template=t-3", ready: "preview-lead" },
  {
    name: "write-later",
    path: "/campaigns/new?template=t-1",
    ready: "preview-text",
    act: postpone,
  },
  { name: "templates", path: "/templates", ready: "template" },
  { name: "template", path: "/templates/t-1", ready: "template-example" },
];

/** What is to be seen once. */
export const OUTREACH_EXTRAS = [
  { ...light, name: "messages-campaign", path: "/messages?campaign=c-2", ready: "message" },
  {
    ...phone,
    name: "messages-campaign-390",
    path: "/messages/m-4?campaign=c-2",
    ready: "of-campaign",
  },
  {
    ...light,
    name: "requeue",
    path: "/messages?state=dead",
    ready: "message",
    act: async (page) => {
      await click("requeue-open")(page);
      await page.locator(`${id("requeue-confirm")}:not(:disabled)`).waitFor();
    },
  },
  ...[light, { ...phone, dark: true }].map((look) => ({
    ...look,
    name: `requeue-end${look.dark ? "-390-dark" : ""}`,
    path: "/messages?state=dead",
    ready: "message",
    act: async (page) => {
      await click("requeue-open")(page);
      await page.locator(`${id("requeue-confirm")}:not(:disabled)`).click();
      await page.locator(id("requeue-line")).waitFor();
    },
  })),
  {
    ...phone,
    name: "selection-390",
    path: "/leads",
    ready: "lead",
    act: async (page) => {
      await page
        .locator(`${id("lead")} input`)
        .first()
        .click();
    },
  },
  {
    ...night,
    name: "write-selected",
    path: "/leads",
    ready: "lead",
    act: async (page) => {
      await click("select-loaded", "write-open")(page);
      await page
        .locator(id("campaign-text"))
        .fill("Hello {{first_name}}, {{sdr_name}} here. SAIR?");
      await page.locator(id("preview-sums")).waitFor();
    },
  },
  {
    ...light,
    name: "write-first",
    path: "/campaigns/new",
    ready: "matching",
  },
  {
    ...light,
    name: "write-variables",
    path: "/campaigns/new",
    ready: "matching",
    act: click("variables"),
  },
  {
    ...phone,
    name: "write-variables-390",
    path: "/campaigns/new",
    ready: "matching",
    act: click("variables"),
  },
  ...[phone, { ...phone, dark: true }].map((look) => ({
    ...look,
    name: `write-preview-390${look.dark ? "-dark" : ""}`,
    path: "/campaigns/new?template=t-1",
    ready: "preview-text",
    act: (page) => page.locator(id("skipped-reasons")).scrollIntoViewIfNeeded(),
  })),
  {
    ...light,
    name: "write-problems",
    path: "/campaigns/new",
    ready: "matching",
    act: async (page) => {
      await page.locator(id("campaign-text")).fill("Hello {{firstname}}, how is {{company}}?");
      await page.locator(id("campaign-text-problems")).waitFor();
    },
  },
  {
    ...light,
    name: "write-skipped",
    path: "/campaigns/new",
    ready: "matching",
    act: async (page) => {
      await page.locator(id("campaign-text")).fill("Hello {{first_name}}, still {{pain}}?");
      await page.locator(id("preview-next")).waitFor();
      await click("preview-next")(page);
    },
  },
  {
    ...light,
    name: "write-sure",
    path: "/campaigns/new?template=t-1",
    ready: "preview-text",
    act: async (page) => {
      await click("write-send")(page);
      await page.locator(id("send-confirm")).waitFor();
    },
  },
  {
    ...night,
    name: "write-made",
    path: "/campaigns/new?template=t-1",
    ready: "preview-text",
    act: async (page) => {
      await click("write-send", "send-confirm")(page);
      await page.locator(id("campaign-counts")).waitFor();
    },
  },
  {
    ...light,
    name: "write-refused",
    path: "/campaigns/new",
    scene: "refuses",
    ready: "matching",
    errors: /status of 503/,
    act: async (page) => {
      await page.locator(id("campaign-text")).fill("Hello {{first_name}}");
      await page.locator(id("preview-problem")).waitFor();
    },
  },
  {
    ...light,
    name: "write-discard",
    path: "/campaigns/new",
    ready: "matching",
    act: async (page) => {
      await page.locator(id("campaign-text")).fill("Hello {{first_name}}");
      await click("nav-leads")(page);
      await page.locator(id("discard-draft")).waitFor();
    },
  },
  {
    ...light,
    name: "write-ended",
    path: "/campaigns/new",
    ready: "matching",
    act: async (page, server) => {
      server.end();
      await page.locator(id("campaign-text")).fill("Hello {{first_name}}");
      await page.locator(id("session-ended")).waitFor();
    },
  },
  {
    ...light,
    name: "campaign-cancel",
    path: "/campaigns/c-2",
    ready: "campaign-counts",
    act: click("campaign-cancel"),
  },
  { ...light, name: "campaign-scheduled", path: "/campaigns/c-1", ready: "campaign-counts" },
  {
    ...light,
    name: "template-new",
    path: "/templates",
    ready: "template",
    act: async (page) => {
      await click("template-new", "template-save")(page);
      await page.locator(id("template-name-fault")).waitFor();
    },
  },
  {
    ...light,
    name: "template-taken",
    path: "/templates/new",
    ready: "template-name",
    act: async (page) => {
      await page.locator(id("template-name")).fill("second message");
      await page.locator(id("template-text")).fill("Hi {{name}}");
      await click("template-save")(page);
      await page.locator(id("template-problem")).waitFor();
    },
  },
  {
    ...night,
    name: "template-delete",
    path: "/templates",
    ready: "template",
    act: click("template-delete"),
  },
  ...["campaigns", "templates"].flatMap((page) => [
    {
      ...light,
      name: `${page}-first`,
      path: `/${page}`,
      scene: "empty",
      ready: `${page.slice(0, -1)}-first`,
    },
    {
      ...light,
      name: `${page}-down`,
      path: `/${page}`,
      scene: "down",
      ready: "trouble",
      errors: /status of 503/,
    },
    { ...night, name: `${page}-loading`, path: `/${page}`, scene: "slow", ready: `nav-${page}` },
  ]),
];
