// Measures the release build against the rehearsal WhatsApp, and the naive way beside it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { adapterRows } from "./bench-adapters.mjs";
import {
  benchDir,
  hotdesk,
  idleSeconds,
  naive,
  quick,
  safety,
  singles,
  starts,
} from "./bench-run.mjs";
import { percentile } from "./measure.mjs";
import { program, root, startScreen } from "./office.mjs";
import { run } from "./processes.mjs";

const counts = quick ? [0, 1, 3] : [0, 1, 3, 10];
const heavyCounts = quick ? [1] : [1, 3];

const round = (value) => (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10);
const cell = (value) => (value === null || value === undefined ? "–" : String(round(value)));

/** The rows of pages of one weight: measure, unit, Hotdesk, Chromium. */
async function compare(screen, sizes, weight) {
  const [ours, theirs] = [new Map(), new Map()];
  for (const count of sizes) {
    console.log(`\n${count} ${weight} profiles`);
    ours.set(count, await hotdesk(count, screen, weight));
    if (count > 0) theirs.set(count, await naive(count, weight));
  }
  const rows = [];
  const put = (measure, unit, hotdesk, chromium = null) =>
    rows.push({ measure, unit, hotdesk, chromium });
  const [us, them] = [ours.get(3), theirs.get(3)];
  if (us) {
    put("process start to first window paint", "ms", percentile(us.paint, 50));
    put(
      "start to the true state of 3 sessions",
      "ms",
      percentile(us.ready, 50),
      percentile(them.ready, 50),
    );
  }
  for (const percent of us?.latency ? [50, 95, 99] : []) {
    put(
      `queued to departure, p${percent}`,
      "ms",
      percentile(us.latency, percent),
      percentile(them.latency, percent),
    );
  }
  for (const count of sizes.filter((one) => ours.get(one).rate !== undefined)) {
    put(
      `messages a second, ${count} SDR${count > 1 ? "s" : ""}, no pacing`,
      "1/s",
      ours.get(count).rate,
      theirs.get(count).rate,
    );
  }
  for (const count of sizes) {
    put(
      `memory, ${count} profile${count === 1 ? "" : "s"}`,
      "MB",
      ours.get(count).pss,
      theirs.get(count)?.pss ?? null,
    );
  }
  const most = sizes.at(-1);
  if (most > 1) {
    const further = (all) => (all.get(most).pss - all.get(1).pss) / (most - 1);
    put("memory of each further profile", "MB", further(ours), further(theirs));
  }
  if (us?.cpu !== undefined) {
    put(`processor over ${idleSeconds} idle seconds, 3 profiles`, "% of a core", us.cpu, them.cpu);
  }
  return rows;
}

/** How many messages the rehearsal itself takes with ten accounts at once, in its own words. */
function ceiling() {
  const done = spawnSync(program("whatsapp-sim", "release"), ["bench"], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`the rehearsal could not be measured\n${done.stderr}`);
  return done.stdout.trim();
}

const against = (rows) => [
  "| measure | unit | Hotdesk | Chromium per SDR |",
  "|---|---|---:|---:|",
  ...rows.map(
    (row) => `| ${row.measure} | ${row.unit} | ${cell(row.hotdesk)} | ${cell(row.chromium)} |`,
  ),
];

const safetyRows = (cost) => [
  "## What being safe costs",
  "",
  "One SDR without pacing, a light page that ticks at once, all of begin, intent on disk, look-up and reports on.",
  "",
  "| measure | unit | Hotdesk |",
  "|---|---|---:|",
  `| messages a second, 1 SDR | 1/s | ${cell(cost.rate)} |`,
  `| waiting for the disk's commits, each message | ms | ${cell(cost.waited)} |`,
  `| waiting for the disk's commits, share of the run | % | ${cell(cost.share)} |`,
  `| calls of the queue server, each message | | ${cell(cost.calls)} |`,
  "",
];

function report({ machine, light, heavy, adapters, cost, sim }) {
  return [
    "# Measures",
    "",
    `Written by \`scripts/bench\`, never by hand. Machine: ${machine}. Release build, under Xvfb, against the rehearsal`,
    "WhatsApp. Chromium: one headless browser per SDR, driven by puppeteer-core, with the same bridge, page and queue. Memory",
    `is the proportional set size (PSS) of the whole process tree (without Node for Chromium). Starts are warm, median of ${starts};`,
    `latencies over ${singles} single messages.`,
    "",
    "## A light page",
    "",
    "The rehearsal's own modules only: what Hotdesk itself costs.",
    "",
    ...against(light),
    "",
    "## A page as heavy as the real one",
    "",
    "Some 66 MB of script, 4,000 module factories run, 60 MB of live heap, eleven databases; memory two minutes after the",
    "pages were connected, when WebKit has given back what loading took. Two of the three pages start hidden, where WebKit lets a",
    "page's timers run once a second; this page loads in forty turns of a timer, so its start takes that long.",
    "",
    ...against(heavy),
    "",
    "## Adapters",
    "",
    "On the heavy page. Memory and submit to ack in the app's own webview; page time, heap and factories in Chromium, whose",
    "engine tells them, against the same page without any of our script.",
    "",
    "| measure | unit | modules | wa-js |",
    "|---|---|---:|---:|",
    ...adapters.map(
      (row) => `| ${row.measure} | ${row.unit} | ${cell(row.modules)} | ${cell(row.waJs)} |`,
    ),
    "",
    ...(cost ? safetyRows(cost) : []),
    "## The rehearsal's own ceiling",
    "",
    `\`${sim}\``,
    "",
  ].join("\n");
}

async function measure() {
  rmSync(benchDir, { recursive: true, force: true });
  mkdirSync(benchDir, { recursive: true });
  const framebuffer = mkdtempSync(join(tmpdir(), "hd-fb-"));
  process.on("exit", () => rmSync(framebuffer, { recursive: true, force: true }));
  const screen = { framebuffer, env: await startScreen(benchDir, { framebuffer }) };
  return {
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    quick,
    sim: ceiling(),
    light: await compare(screen, counts, "light"),
    heavy: await compare(screen, heavyCounts, "heavy"),
    adapters: await adapterRows(screen),
    cost: await safety(screen),
  };
}

await run(async () => {
  const file = join(benchDir, "bench.json");
  const again = process.argv.includes("--report");
  const results = again ? JSON.parse(readFileSync(file, "utf8")) : await measure();
  if (!again) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  const text = report(results);
  if (!results.quick) writeFileSync(join(root, "docs/BENCH.md"), text);
  console.log(`\n${text}`);
  return 0;
});
