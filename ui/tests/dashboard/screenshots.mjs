// Opens every page of the built dashboard in Chromium, served by the fake server under the real CSP, and writes
// target/ui/dashboard-*.png. Fails when a page logs an error, breaks the CSP, asks another host, is wider than
// its window, or when axe-core has a serious finding.
// usage: node tests/dashboard/screenshots.mjs [--built] [NAME...]
//   NAME: only those whose name has one of these in it; --built: as it was built last
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";
import { serve } from "./server.mjs";
import { click, id, LOOKS, light, night, phone } from "./shots.mjs";
import { OUTREACH, OUTREACH_EXTRAS } from "./shots-outreach.mjs";
import { REFERENCE, REFERENCE_EXTRAS } from "./shots-reference.mjs";
import { WEBHOOKS, WEBHOOKS_EXTRAS } from "./shots-webhooks.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = fileURLToPath(new URL("../../../target/ui/", import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const csv = {
  name: "fair-may.csv",
  mimeType: "text/csv",
  buffer: Buffer.from("Nome;Telefone\nAna;11960000001\n"),
};
async function chooseFile(page) {
  await click("import-open")(page);
  await page.locator(id("import-file")).setInputFiles(csv);
  await page.locator(id("import-consent")).waitFor();
}
async function checkRows(page) {
  await chooseFile(page);
  await page.locator(id("import-consent")).fill("asked at the fair, 12 May");
  await click("import-check")(page);
  await page.locator(id("import-preview")).waitFor();
}

async function changeRules(page) {
  await click("day-sat")(page);
  await page.locator(id("to")).fill("17:30");
  await page.locator(id("holiday-date")).fill(`${new Date().getFullYear() + 1}-02-16`);
  await click("holiday-add", "holiday-remove")(page);
  await page.locator(id("newLeads")).fill("35");
}

async function changeZone(page) {
  await click("lead-zone-change")(page);
  await page.locator(id("lead-zone-field")).fill("man");
}

/** Each in both themes and both widths; `ready` is on the page once it is read. */
const PAGES = [
  { name: "sign-in", path: "/", scene: "out", ready: "sign-in" },
  { name: "sdrs", path: "/sdrs", ready: "sdr" },
  {
    name: "connect",
    path: "/sdrs",
    ready: "sdr",
    act: async (page) => {
      await click("connect-open")(page);
      await page.locator(id("qr")).waitFor();
    },
  },
  { name: "review", path: "/review", ready: "review-facts" },
  { name: "messages", path: "/messages", ready: "message" },
  { name: "message", path: "/messages/m-4", ready: "timeline" },
  ...OUTREACH,
  ...WEBHOOKS,
  { name: "leads", path: "/leads", ready: "lead" },
  { name: "lead", path: "/leads/l-10", ready: "lead-name" },
  { name: "lead-zone", path: "/leads/l-9", ready: "lead-zone", act: changeZone },
  { name: "import-file", path: "/leads", ready: "lead", act: click("import-open") },
  { name: "import-mapping", path: "/leads", ready: "lead", act: chooseFile },
  { name: "import-preview", path: "/leads", ready: "lead", act: checkRows },
  { name: "do-not-contact", path: "/do-not-contact", ready: "opt-out" },
  { name: "figures", path: "/figures", ready: "days-chart" },
  { name: "audit", path: "/audit", ready: "audit-entry" },
  { name: "settings", path: "/settings", scene: "admin", ready: "settings" },
  {
    name: "settings-changed",
    path: "/settings",
    scene: "admin",
    ready: "settings",
    act: changeRules,
  },
  { name: "settings-read-only", path: "/settings", ready: "settings" },
  ...REFERENCE,
].flatMap((page) =>
  LOOKS.map((look) => ({ scene: "full", ...page, ...look, name: page.name + look.suffix })),
);

const EXTRAS = [
  {
    ...light,
    name: "sign-in-refused",
    path: "/",
    scene: "out",
    ready: "sign-in",
    act: async (page) => {
      await page.locator(id("email")).fill("mia@hotdesk.example");
      await page.locator(id("password")).fill("not this one");
      await click("sign-in")(page);
      await page.locator(id("sign-in-problem")).waitFor();
    },
  },
  {
    ...light,
    name: "session-ended",
    path: "/leads",
    ready: "lead",
    act: async (page, server) => {
      server.end();
      await click("sort-name")(page);
      await page.locator(id("session-ended")).waitFor();
    },
  },
  {
    ...light,
    name: "connect-alone",
    path: "/sdrs",
    scene: "alone",
    ready: "sdr",
    act: async (page) => {
      await page.locator("[data-sdr=lucas]").locator(id("connect-open")).click();
      await page.locator(id("connect-problem")).waitFor();
    },
  },
  { ...night, name: "pairing", path: "/sdrs", ready: "sdr", act: click("connect-open", "by-code") },
  {
    name: "pairing-code",
    path: "/sdrs",
    ready: "sdr",
    act: async (page) => {
      await click("connect-open", "by-code")(page);
      await page.locator(id("link-phone")).fill("+55 11 96000-0001");
      await click("link-ask")(page);
      await page.locator(id("pairing-code")).waitFor();
    },
  },
  { ...light, name: "disconnect", path: "/sdrs", ready: "sdr", act: click("disconnect-open") },
  { ...light, name: "selection", path: "/leads", ready: "lead", act: click("select-loaded") },
  {
    ...light,
    name: "assign",
    path: "/leads",
    ready: "lead",
    act: click("select-loaded", "assign-open", "way-many"),
  },
  {
    ...phone,
    name: "assign-390",
    path: "/leads",
    ready: "lead",
    act: async (page) => {
      await page
        .locator(`${id("lead")} input`)
        .first()
        .click();
      await click("assign-open", "way-many")(page);
    },
  },
  {
    ...night,
    name: "assign-skipped",
    path: "/leads",
    ready: "lead",
    act: async (page) => {
      await click("select-loaded", "assign-open", "way-many", "assign-confirm")(page);
      await page.locator(id("skipped")).waitFor();
    },
  },
  {
    ...light,
    name: "import-result",
    path: "/leads",
    ready: "lead",
    act: async (page) => {
      await checkRows(page);
      await click("import-run")(page);
      await page.locator(id("import-result")).waitFor();
    },
  },
  {
    ...light,
    name: "lead-zone-choice",
    path: "/leads/l-9",
    ready: "lead-zone",
    act: click("lead-zone-change"),
  },
  { ...light, name: "leads-none-found", path: "/leads?search=zzz", ready: "forget-filters" },
  { ...light, name: "block", path: "/do-not-contact", ready: "opt-out", act: click("add-open") },
  {
    ...light,
    name: "figures-table",
    path: "/figures",
    ready: "days-chart",
    act: click("as-table"),
  },
  {
    ...light,
    name: "review-sure",
    path: "/review",
    ready: "review-facts",
    act: click("choose-send_as_new"),
  },
  { ...light, name: "withdraw", path: "/messages/m-0", ready: "timeline", act: click("cancel") },
  {
    ...light,
    name: "settings-zone",
    path: "/settings",
    scene: "admin",
    ready: "settings",
    act: (page) => page.locator(id("timeZone")).fill("lis"),
  },
  {
    ...light,
    name: "settings-refused",
    path: "/settings",
    scene: "refuses",
    ready: "settings",
    errors: /status of 503/,
    act: async (page) => {
      await changeRules(page);
      await click("save")(page);
      await page.locator(id("settings-problem")).waitFor();
    },
  },
  {
    ...phone,
    name: "settings-faults-390",
    path: "/settings",
    scene: "admin",
    ready: "settings",
    act: async (page) => {
      await page.locator(id("dailyMessages")).fill("many");
      await page.locator(id("to")).fill("08:00");
      await click("save")(page);
      await page.locator(id("fault-times")).waitFor();
    },
  },
  ...[light, { ...phone, dark: true }].map((look) => ({
    ...look,
    name: `settings-first-message${look.dark ? "-390-dark" : ""}`,
    path: "/settings",
    scene: "admin",
    ready: "settings",
    act: async (page) => {
      await page.locator(id("dailyMessages")).fill("50");
      await page.locator(id("firstMessage")).scrollIntoViewIfNeeded();
    },
  })),
  {
    ...light,
    name: "settings-name-fault",
    path: "/settings",
    scene: "admin",
    ready: "settings",
    act: async (page) => {
      await page.locator(id("officeName")).fill("");
      await click("save")(page);
      await page.locator(id("fault-officeName")).waitFor();
    },
  },
  {
    ...light,
    name: "settings-leave",
    path: "/settings",
    scene: "admin",
    ready: "settings",
    act: async (page) => {
      await changeRules(page);
      await click("nav-audit")(page);
      await page.locator(id("leave")).waitFor();
    },
  },
  {
    ...night,
    name: "settings-saved",
    path: "/settings",
    scene: "admin",
    ready: "settings",
    act: async (page) => {
      await changeRules(page);
      await page.keyboard.press("Control+s");
      await page.locator(id("saved")).waitFor();
    },
  },
  {
    ...light,
    name: "settings-loading",
    path: "/settings",
    scene: "slow",
    ready: "nav-settings",
  },
  {
    ...light,
    name: "settings-down",
    path: "/settings",
    scene: "down",
    ready: "trouble",
    errors: /status of 503/,
  },
  ...OUTREACH_EXTRAS,
  ...WEBHOOKS_EXTRAS,
  { ...light, name: "help", path: "/sdrs", ready: "sdr", act: (page) => page.keyboard.press("?") },
  { ...phone, name: "more-390", path: "/sdrs", ready: "sdr", act: click("more-pages") },
  ...REFERENCE_EXTRAS,
  { ...light, name: "away", path: "/sdrs", scene: "cut", ready: "away", errors: /status of 503/ },
  {
    ...light,
    name: "down",
    path: "/leads",
    scene: "down",
    ready: "trouble",
    errors: /status of 503/,
  },
  { ...night, name: "loading", path: "/leads", scene: "slow", ready: "search" },
  ...["sdrs", "review", "messages", "leads", "do-not-contact", "figures", "audit"].map((page) => ({
    ...light,
    name: `empty-${page}`,
    path: `/${page}`,
    scene: "empty",
    ready: "page",
    heading: true,
  })),
];

const asked = process.argv.slice(2);
const built = asked.includes("--built");
const wanted = asked.filter((word) => word !== "--built");
const shots = [...PAGES, ...EXTRAS].filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);

await mkdir(out, { recursive: true });
if (!built) await build({ root, configFile: `${root}vite.dashboard.config.ts`, logLevel: "warn" });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

const complaints = [];
const began = performance.now();
try {
  for (const shot of shots) {
    const server = await serve({ folder: `${root}dist-dashboard`, scene: shot.scene });
    const page = await browser.newPage({
      viewport: shot.size,
      colorScheme: shot.dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    const complain = (text) => complaints.push(`${shot.name}: ${text}`);
    page.on("console", (line) => {
      // A refused call is logged by the browser; which ones are meant says the shot.
      const meant =
        /status of 40[13]|status of 409/.test(line.text()) || shot.errors?.test(line.text());
      if (line.type() === "error" && !meant) complain(line.text());
    });
    page.on("pageerror", (error) => complain(String(error)));
    page.on(
      "request",
      (request) =>
        request.url().startsWith(server.address) || complain(`asks for ${request.url()}`),
    );
    try {
      await page.goto(server.address + shot.path);
      await (shot.heading
        ? page.locator("main h2").nth(1)
        : page.locator(id(shot.ready)).first()
      ).waitFor({ timeout: 10_000 });
      await shot.act?.(page, server);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) complain(`is ${over} px wider than its window`);
      await page.screenshot({ path: `${out}dashboard-${shot.name}.png` });
      await page.evaluate(axe);
      const found = await page.evaluate(() =>
        globalThis.axe.run(document, { preload: false, resultTypes: ["violations"] }),
      );
      for (const { id: rule, impact, nodes } of found.violations) {
        if (impact === "serious" || impact === "critical") {
          complain(
            `axe ${rule} (${impact}, ${nodes.length}): ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary?.split("\n").slice(1, 3).join(" ") ?? ""}`,
          );
        }
      }
    } catch (error) {
      complain(String(error).split("\n").slice(0, 4).join(" "));
      await page.screenshot({ path: `${out}dashboard-${shot.name}.png` });
    }
    await page.close();
    await server.close();
  }
} finally {
  await browser.close();
}
for (const complaint of complaints) console.error(complaint);
const seconds = Math.round((performance.now() - began) / 1_000);
console.log(
  `dashboard screenshots: ${shots.length} written to target/ui in ${seconds} s, ${complaints.length} complaints`,
);
process.exitCode = complaints.length > 0 ? 1 : 0;
