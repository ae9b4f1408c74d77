// Measures the release build against the rehearsal WhatsApp, and the naive way beside it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { adapterRows } from "./bench-adapters.mjs";
import { lockRows } from "./bench-lock.mjs";
import { queueRows } from "./bench-queue.mjs";
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

const table = (head, rows) => [
  `| ${head.join(" | ")} |`,
  `|---|---|${"---:|".repeat(head.length - 2)}`,
  ...rows.map(
    ([measure, unit, ...values]) => `| ${[measure, unit, ...values.map(cell)].join(" | ")} |`,
  ),
];

const against = (rows) =>
  table(
    ["measure", "unit", "Hotdesk", "Chromium per SDR"],
    rows.map((row) => [row.measure, row.unit, row.hotdesk, row.chromium]),
  );

/** A figure, the floor of it, and how much of the floor it is. */
const beside = (ours, bare) => [ours, bare, bare ? (100 * ours) / bare : null];

const lockMeasures = {
  unlock: ["PIN submitted to the page on the screen", "ms"],
  looked: ["of it, the counted try and argon2id", "ms"],
  shown: ["PIN found right to the page on the screen", "ms"],
  lockKey: ["Ctrl+L pressed to the page off the screen", "ms"],
  lock: ["the app's decision to lock to the page off the screen", "ms"],
  frames: ["frames of the window until the page is in none", "frames"],
};

/** The sections of docs/BENCH.md, each with how its figures are taken and how they are told. */
const sections = {
  light: {
    title: "A light page",
    take: (screen) => compare(screen, counts, "light"),
    tell: (rows) => [
      "The rehearsal's own modules only: what Hotdesk itself costs.",
      "",
      ...against(rows),
    ],
  },
  heavy: {
    title: "A page as heavy as the real one",
    take: (screen) => compare(screen, heavyCounts, "heavy"),
    tell: (rows) => [
      "Some 66 MB of script, 4,000 module factories run, 60 MB of live heap, eleven databases; memory two minutes after the",
      "pages were connected, when WebKit has given back what loading took. Two of the three pages start hidden, where WebKit lets a",
      "page's timers run once a second; this page loads in forty turns of a timer, so its start takes that long.",
      "",
      ...against(rows),
    ],
  },
  adapters: {
    title: "Adapters",
    take: adapterRows,
    tell: (rows) => [
      "On the heavy page. Memory and submit to ack in the app's own webview; page time, heap and factories in Chromium, whose",
      "engine tells them, against the same page without any of our script.",
      "",
      ...table(
        ["measure", "unit", "modules", "wa-js"],
        rows.map((row) => [row.measure, row.unit, row.modules, row.waJs]),
      ),
    ],
  },
  safety: {
    title: "What being safe costs",
    take: safety,
    tell: (cost) => [
      "One SDR without pacing, a light page that answers and ticks at once, all of begin, intent on disk, look-up and reports on.",
      "A message's way is from its begin to the server's knowing that it left; several are on their way at once.",
      "",
      ...table(
        ["measure", "unit", "Hotdesk"],
        [
          ["messages a second, 1 SDR", "1/s", cost.rate],
          ["a message's way", "ms", cost.way],
          ["of it, waiting for the disk's commits", "ms", cost.waited],
          ["of it, waiting for the disk's commits", "%", cost.share],
          ["commits, each message", "", cost.writes],
          ["time in commits, each message", "ms", cost.writing],
          ["calls of the queue server, each message", "", cost.calls],
        ],
      ),
    ],
  },
  lock: {
    title: "The lock",
    take: lockRows,
    tell: (rows) => [
      "One SDR, connected, the page open. Keys are pressed by xdotool, whose own start is in the figures; what is on the screen is",
      "read off the X server's picture. Most of what a person waits for is argon2id over 64 MiB in 3 passes, which is what makes guessing",
      "dear; the unlock itself is from the PIN found right. Frames are counted by GTK's frame clock: 1 is the next one that is drawn.",
      "",
      ...table(
        ["measure", "unit", "p50", "p95"],
        rows.map(({ name, p50, p95 }) => [...lockMeasures[name], p50, p95]),
      ),
    ],
  },
  queue: {
    title: "The queue server",
    take: queueRows,
    tell: ({ queue, leads, others, note }) => [
      "Both stores in one run, in front of the same disk, with every commit on it before it is answered; PostgreSQL in a cluster",
      "of its own beside the server, by a socket. Clients and databases share this machine's cores, of which other programs used",
      `${Math.round(others)} % when it began. A cycle is claim, begin and result of one message: three commits with the log, the leads' standing`,
      "and the rules of the queue in them. Bare SQL does only the same number of commits on a table of the same length; SQLite's has one",
      "writer whoever asks, while the store puts what comes together into one commit. Queued to leased is from a manager's call to the",
      "answer in the desktop's hands, over HTTP.",
      ...(note ? ["", note] : []),
      "",
      ...table(
        ["measure", "unit", "SQLite", "bare SQL", "of it, %", "PostgreSQL", "bare SQL", "of it, %"],
        queue.map((row) => [
          row.measure,
          row.unit,
          ...beside(row.sqlite, row.bareSqlite),
          ...beside(row.postgres, row.barePostgres),
        ]),
      ),
      "",
      "A page of 50 of 100,000 leads with the number of all that match, median of 7; looked at by the store's own call.",
      "",
      ...table(
        ["measure", "unit", "SQLite", "PostgreSQL"],
        leads.map((row) => [row.measure, row.unit, row.sqlite, row.postgres]),
      ),
    ],
  },
  ceiling: {
    title: "The rehearsal's own ceiling",
    take: ceiling,
    tell: (words) => [`\`${words}\``],
  },
};

const introduction = (machine) => [
  "# Measures",
  "",
  `Written by \`scripts/bench\`, never by hand. Machine: ${machine}. Release build, under Xvfb, against the rehearsal`,
  "WhatsApp. Chromium: one headless browser per SDR, driven by puppeteer-core, with the same bridge, page and queue. Memory",
  `is the proportional set size (PSS) of the whole process tree (without Node for Chromium). Starts are warm, median of ${starts};`,
  `latencies over ${singles} single messages.`,
];

/** The page anew: what was measured now, and of the other sections what stood there. */
function report({ machine, ...results }, before) {
  const stood = new Map(
    before
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.split("\n", 1)[0], text.trimEnd()]),
  );
  const lines = introduction(machine);
  for (const [name, { title, tell }] of Object.entries(sections)) {
    const found = results[name];
    if (found) lines.push("", `## ${title}`, "", ...tell(found));
    else if (stood.has(title)) lines.push("", `## ${stood.get(title)}`);
  }
  return `${lines.join("\n")}\n`;
}

async function newScreen() {
  const framebuffer = mkdtempSync(join(tmpdir(), "hd-fb-"));
  process.on("exit", () => rmSync(framebuffer, { recursive: true, force: true }));
  return { framebuffer, env: await startScreen(benchDir, { framebuffer }) };
}

async function measure(names) {
  rmSync(benchDir, { recursive: true, force: true });
  mkdirSync(benchDir, { recursive: true });
  const screen = names.every((name) => name === "queue") ? undefined : await newScreen();
  const results = {
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    quick,
  };
  for (const name of names) results[name] = await sections[name].take(screen);
  return results;
}

await run(async () => {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean" },
      report: { type: "boolean" },
      only: { type: "string", multiple: true, default: Object.keys(sections) },
    },
  });
  const odd = values.only.filter((name) => !(name in sections));
  if (odd.length > 0) {
    console.error(`unknown: ${odd.join(", ")}; there are: ${Object.keys(sections).join(", ")}`);
    return 2;
  }
  const [file, page] = [join(benchDir, "bench.json"), join(root, "docs/BENCH.md")];
  const results = values.report
    ? JSON.parse(readFileSync(file, "utf8"))
    : await measure(values.only);
  if (!values.report) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  const text = report(results, readFileSync(page, "utf8"));
  if (!results.quick) writeFileSync(page, text);
  console.log(`\n${text}`);
  return 0;
});
