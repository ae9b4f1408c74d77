// Makes the .png and .ico files from the .svg files beside it: run `node icons/render.mjs`.
// Needs Chromium (/usr/bin/chromium, or env CHROMIUM) and ImageMagick.
// icon.svg is the mark of ui/src/app/Brand.svelte.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const folder = import.meta.dirname;
const scratch = mkdtempSync(join(tmpdir(), "hotdesk-icons-"));
const states = ["sends", "waits", "paused", "needs-person", "away"];
const moods = ["ok", "attention", "paused", "offline"];
const icoSizes = [256, 64, 48, 32, 16];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
});
const page = await browser.newPage();

async function render(name, size, file) {
  const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw}</style>${svg}`);
  await page.screenshot({ path: file, omitBackground: true });
}

await render("icon", 512, join(folder, "icon.png"));
await render("icon", 128, join(folder, "128x128.png"));
await render("icon", 32, join(folder, "32x32.png"));
for (const mood of moods) {
  await render(`tray-${mood}`, 64, join(folder, `tray-${mood}.png`));
}
for (const state of states) {
  await render(`state-${state}`, 32, join(folder, `state-${state}.png`));
}
for (const size of icoSizes) {
  await render("icon", size, join(scratch, `${size}.png`));
}
await browser.close();
const layers = icoSizes.map((size) => join(scratch, `${size}.png`));
execFileSync("convert", [...layers, join(folder, "icon.ico")]);
rmSync(scratch, { recursive: true });
