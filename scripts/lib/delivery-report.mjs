// Gathers what the delivery suites wrote into target/delivery/report.json, and with --docs puts the
// table of it into docs/DELIVERY.md.
// usage: node scripts/lib/delivery-report.mjs [--docs]
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./office.mjs";

const dir = join(target, "delivery");
/** What takes too long to be run for every report. */
const kept = join(root, "docs/long-runs");
const page = join(root, "docs/DELIVERY.md");
const [OPEN, CLOSE] = ["<!-- generated: delivery -->", "<!-- /generated -->"];

const number = (value) => value.toLocaleString("en-US");
const total = (all) => all.reduce((sum, one) => sum + one, 0);
const times = (count, what) => `${number(count)} ${what}`;

/** The rows of one suite: what was run, how much of it, what came of it. */
const tables = {
  search(variants) {
    const good = variants.filter((one) => one.violation === null);
    const bad = variants.filter((one) => one.violation !== null);
    return [
      [
        "Exhaustive search of the engine with server, page and adversary",
        times(total(good.map((one) => one.states)), "states"),
        `no violation in ${good.length} scenes`,
      ],
      [
        "The same with one rule taken out",
        times(bad.length, "variants"),
        `each caught: ${bad.map((one) => `${one.variant} (${one.violation})`).join("; ")}`,
      ],
    ];
  },
  simulation: (run) => [
    [
      "Seeded simulation of desktops, SDRs and chats on the real store, in virtual time",
      `${times(run.seeds, "seeds")}, ${times(run.messages, "messages")}, ${times(run.faults, "faults")}, ${times(run.virtualHours, "hours")}`,
      run.failed.length === 0 ? "no violation" : `${run.failed.length} seeds failed`,
    ],
  ],
  failpoints: (run) => [["A kill, an error and a delay at each step", ...cases(run)]],
  disk: (run) => [["The disk full, read-only, flipped, cut, an old copy put back", ...cases(run)]],
  clock: (run) => [["Pauses, clock jumps, a night's suspend", ...cases(run)]],
  network: (run) => [["A bad network between app and server", ...cases(run)]],
  kills: (run) => [
    ["Real processes killed at random: app, web process, network process, server", ...blows(run)],
  ],
  "kills-long": (run) => [["The same in one long run", ...blows(run)]],
  mutations: (run) => [
    [
      "Faults put into engine, agent and server",
      times(run.faults, "faults"),
      `${run.caught} caught; survived: ${run.survived.join(", ") || "none"}`,
    ],
  ],
};

function cases(run) {
  const ends = new Map();
  for (const { end, count } of run.ends) ends.set(end, (ends.get(end) ?? 0) + count);
  const told = [...ends].map(([end, count]) => `${count} ${end}`).join(", ");
  return [times(run.cases, "cases"), `${told}; ${run.review ?? 0} messages in review`];
}

function blows(run) {
  return [
    `${times(run.messages, "messages")}, ${times(total(Object.values(run.kills)), "kills")}`,
    `${run.duplicates} duplicates, ${run.lost} lost, ${run.wrongSession} through a wrong session, ${run.review} in review`,
  ];
}

const report = {};
const rows = [];
for (const [name, table] of Object.entries(tables)) {
  const file = [dir, kept].map((at) => join(at, `${name}.json`)).find(existsSync);
  if (!file) continue;
  report[name] = JSON.parse(readFileSync(file, "utf8"));
  rows.push(...table(report[name]));
}
if (rows.length === 0) throw new Error("no suite has written its figures yet");
writeFileSync(join(dir, "report.json"), `${JSON.stringify(report, null, 2)}\n`);

const lines = ["| what | how much | what came of it |", "|---|---|---|"];
for (const row of rows) lines.push(`| ${row.join(" | ")} |`);
console.log(lines.join("\n"));
if (process.argv.includes("--docs")) {
  const text = readFileSync(page, "utf8");
  const [before, rest] = text.split(OPEN);
  const after = rest?.split(CLOSE)[1];
  if (after === undefined) throw new Error(`${page} has no place for the table`);
  writeFileSync(page, `${before}${OPEN}\n${lines.join("\n")}\n${CLOSE}${after}`);
}
