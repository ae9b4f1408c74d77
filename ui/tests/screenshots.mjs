// Renders the fixtures in Chromium under the app's own CSP and writes target/ui/*.png.
// Fails when the page logs an error, breaks the CSP, or overflows its window.
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = fileURLToPath(new URL("../../target/ui/", import.meta.url));
const csp = createRequire(import.meta.url)("../../tauri.conf.json").app.security.csp;

const wide = { width: 1360, height: 860 };
const small = { width: 1024, height: 700 };
const ctrlK = (page) => page.keyboard.press("Control+k");
const openReview = async (page) => {
  await page.getByTestId("tile-review").first().click();
  await page.getByTestId("review-facts").waitFor();
};
const SHOTS = [
  { name: "first-run", scene: "first-run", size: wide },
  { name: "passphrase-choose", scene: "first-run", asked: "choose", size: wide },
  {
    name: "passphrase-differ-dark",
    scene: "first-run",
    asked: "choose",
    size: small,
    dark: true,
    act: async (page) => {
      await page.getByTestId("passphrase").fill("seven herons past the bridge");
      await page.getByTestId("passphrase-again").fill("seven herons");
      await page.keyboard.press("Enter");
      await page.getByTestId("passphrase-problem").waitFor();
    },
  },
  { name: "passphrase-enter", scene: "first-run", asked: "enter", size: small },
  { name: "three-qr", scene: "three-qr", size: wide },
  { name: "sending", scene: "sending", size: wide },
  { name: "locked", scene: "locked", size: wide },
  { name: "manager-dark", scene: "manager", size: small, dark: true },
  {
    name: "choose-pin",
    scene: "sending",
    size: wide,
    act: async (page) => {
      await page.getByTestId("more-menu").click();
      await page.getByTestId("choose-pin").click();
      await page.getByTestId("pin-new").fill("246810");
    },
  },
  { name: "strict-locked", scene: "strict", size: wide },
  {
    name: "strict",
    scene: "sending",
    size: small,
    dark: true,
    act: async (page) => {
      await page.getByTestId("more-menu").click();
      await page.getByTestId("strict").click();
      await page.getByTestId("strict-pin").fill("246810");
    },
  },
  { name: "done", scene: "done", size: wide },
  { name: "problems", scene: "problems", size: wide },
  { name: "strip", scene: "strips", size: small },
  {
    name: "stopped-page",
    scene: "strips",
    size: small,
    dark: true,
    act: (page) => page.keyboard.press("Control+2"),
  },
  { name: "closed", scene: "closed", size: wide },
  { name: "elsewhere", scene: "elsewhere", size: wide },
  { name: "elsewhere-dark", scene: "elsewhere", size: small, dark: true },
  {
    name: "take-over",
    scene: "elsewhere",
    size: wide,
    act: (page) => page.getByTestId("take-over").click(),
  },
  { name: "review-strip", scene: "review", size: wide },
  { name: "review-strip-dark", scene: "review", size: small, dark: true },
  { name: "review", scene: "review", size: wide, act: openReview },
  { name: "review-1024-dark", scene: "review", size: small, dark: true, act: openReview },
  {
    name: "review-elsewhere",
    scene: "review",
    size: wide,
    act: async (page) => {
      await openReview(page);
      await page.locator("[data-message=r-2] button").click();
      await page.getByTestId("unlinked").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "review-opted-out-dark",
    scene: "review",
    size: wide,
    dark: true,
    act: async (page) => {
      await openReview(page);
      await page.locator("[data-message=r-3] button").click();
      await page.getByTestId("choose-do_not_send").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "review-sure",
    scene: "review",
    size: wide,
    act: async (page) => {
      await openReview(page);
      await page.getByTestId("choose-send_as_new").click();
      await page.getByTestId("as-new-back").waitFor();
    },
  },
  {
    name: "review-none",
    scene: "review",
    decided: true,
    size: small,
    act: async (page) => {
      await page.getByTestId("tile-review").first().click();
      await page.getByTestId("review-done").waitFor();
    },
  },
  {
    name: "review-away",
    scene: "review",
    refuse: true,
    size: wide,
    act: async (page) => {
      await page.getByTestId("tile-review").first().click();
      await page.getByTestId("review-problem").waitFor();
    },
  },
  { name: "sending-dark", scene: "sending", size: wide, dark: true },
  { name: "problems-dark", scene: "problems", size: wide, dark: true },
  { name: "sending-1024", scene: "sending", size: small },
  { name: "problems-1024", scene: "problems", size: small },
  {
    name: "panel-1024",
    scene: "sending",
    size: small,
    act: (page) => page.getByTestId("panel-toggle").click(),
  },
  { name: "pack-refused", scene: "pack-refused", size: wide },
  { name: "pack-refused-1024-dark", scene: "pack-refused", size: small, dark: true },
  { name: "palette", scene: "sending", size: wide, act: ctrlK },
  {
    name: "palette-search-dark",
    scene: "sending",
    size: wide,
    dark: true,
    act: async (page) => {
      await ctrlK(page);
      await page.getByTestId("palette-input").fill("jane");
    },
  },
  {
    name: "sign-in",
    scene: "sending",
    size: wide,
    act: (page) => page.getByTestId("sign-in-open").click(),
  },
  {
    name: "sign-in-error",
    scene: "first-run",
    refuse: true,
    size: small,
    act: async (page) => {
      await page.getByTestId("sign-in-open").click();
      await page.getByTestId("sign-in-email").fill("john@hotdesk.example");
      await page.getByTestId("sign-in-password").fill("not this one");
      await page.getByTestId("sign-in-submit").click();
      await page.getByTestId("sign-in-error").waitFor();
    },
  },
  {
    name: "menu",
    scene: "sending",
    size: wide,
    act: (page) => page.getByTestId("more-menu").click(),
  },
  {
    name: "remove",
    scene: "sending",
    size: wide,
    act: async (page) => {
      await page.getByTestId("more-menu").click();
      await page.getByTestId("remove").click();
    },
  },
  {
    name: "refused",
    scene: "sending",
    refuse: true,
    size: small,
    act: async (page) => {
      await page.getByTestId("pause").click();
      await page.getByTestId("notice").waitFor();
    },
  },
];

await mkdir(out, { recursive: true });
await build({
  root,
  logLevel: "warn",
  build: {
    outDir: `${out}site`,
    emptyOutDir: true,
    rolldownOptions: { input: { fixtures: `${root}tests/fixtures/index.html` } },
  },
});
const server = await preview({
  root,
  logLevel: "warn",
  build: { outDir: `${out}site` },
  preview: {
    host: "127.0.0.1",
    port: 0,
    strictPort: false,
    headers: { "Content-Security-Policy": csp },
  },
});
const address = server.resolvedUrls.local[0];
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
try {
  for (const shot of SHOTS) {
    const page = await browser.newPage({
      viewport: shot.size,
      colorScheme: shot.dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    const complain = (text) => complaints.push(`${shot.name}: ${text}`);
    page.on("console", (line) => line.type() === "error" && complain(line.text()));
    page.on("pageerror", (error) => complain(String(error)));
    page.on(
      "request",
      (request) => request.url().startsWith(address) || complain(`asks for ${request.url()}`),
    );
    const query = new URLSearchParams({
      scene: shot.scene,
      ...(shot.asked && { asked: shot.asked }),
      ...(shot.refuse && { refuse: "1" }),
      ...(shot.decided && { decided: "1" }),
    });
    await page.goto(`${address}tests/fixtures/index.html?${query}`);
    await page.getByRole("heading", { name: "Hotdesk" }).waitFor();
    await shot.act?.(page);
    const overflow = await page.evaluate(() => {
      const body = document.documentElement;
      return body.scrollWidth > innerWidth || body.scrollHeight > innerHeight;
    });
    if (overflow) complain("overflows its window");
    await page.screenshot({ path: `${out}${shot.name}.png` });
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
for (const complaint of complaints) console.error(complaint);
console.log(`screenshots: ${SHOTS.length} written to target/ui, ${complaints.length} complaints`);
process.exitCode = complaints.length > 0 ? 1 : 0;
