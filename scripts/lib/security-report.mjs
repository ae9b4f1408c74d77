// The checks of docs/SECURITY.md: which test shows each, and whether it was seen to pass.
// usage: node scripts/lib/security-report.mjs [--docs]     after `scripts/test security`
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, target } from "./office.mjs";

/** Where tests leave what they have shown about security. */
export const dir = join(target, "security");
/** Checks that a test writes itself as it runs: matrices too long to be kept up by hand. */
const written = join(dir, "rows");
const list = join(root, "docs/security-checks.txt");
const page = join(root, "docs/SECURITY.md");

/** The verdicts of this run, by "program name". One failure outweighs any number of passes. */
const seen = new Map();

function see(name, passed) {
  seen.set(name, (seen.get(name) ?? true) && passed);
}

/** Takes the verdicts out of what a Rust test program said. */
export function seeRust(program, text) {
  for (const [, name, verdict] of text.matchAll(/^test (\S+) \.\.\. (ok|FAILED)$/gm)) {
    see(`${program} ${name}`, verdict === "ok");
  }
}

/** Takes them out of what Vitest's JSON reporter wrote. */
export function seeVitest(program, file) {
  if (!existsSync(file)) return;
  for (const { assertionResults } of JSON.parse(readFileSync(file, "utf8")).testResults) {
    for (const { ancestorTitles, title, status } of assertionResults) {
      const name = [...ancestorTitles, title].join(" > ");
      if (status === "passed" || status === "failed") {
        see(`${program} ${name}`, status === "passed");
      }
    }
  }
}

/** A run's rows are its own. */
export function forget() {
  rmSync(written, { recursive: true, force: true });
  mkdirSync(written, { recursive: true });
}

/**
 * The list: "## group", a line with the claim, and below it, indented, each test that shows it.
 * A test that writes its rows itself takes a line that says "rows: TEST" instead of both.
 */
function listed() {
  const checks = [];
  let group;
  for (const line of readFileSync(list, "utf8").split("\n")) {
    if (line === "" || line.startsWith("# ")) continue;
    if (line.startsWith("## ")) group = line.slice(3);
    else if (line.startsWith("rows: ")) checks.push({ group, rows: line.slice(6) });
    else if (line.startsWith("  ")) checks.at(-1).tests.push(line.trim());
    else checks.push({ group, claim: line, tests: [] });
  }
  return checks;
}

/** What tests have written: claims by test. */
function writtenRows() {
  const rows = new Map();
  for (const file of existsSync(written) ? readdirSync(written).toSorted() : []) {
    const { test, claims } = JSON.parse(readFileSync(join(written, file), "utf8"));
    rows.set(test, claims);
  }
  return rows;
}

function verdict(tests) {
  if (tests.length === 0 || tests.some((test) => !seen.has(test))) return "not run";
  return tests.every((test) => seen.get(test)) ? "passed" : "failed";
}

/** Judges every check by what was seen; writes target/security/report.json and answers it. */
export function judge() {
  const rows = writtenRows();
  const checks = listed().flatMap(({ group, claim, tests, rows: by }) => {
    if (by === undefined) return [{ group, claim, tests, verdict: verdict(tests) }];
    const claims = rows.get(by) ?? ["(it has written no rows)"];
    const verdict_ = rows.has(by) ? verdict([by]) : "not run";
    return claims.map((one) => ({ group, claim: one, tests: [by], verdict: verdict_ }));
  });
  const report = { checks };
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** The part of the page between its marks, of this name, replaced. */
function put(text, name, lines) {
  const [open, close] = [`<!-- generated: ${name} -->`, "<!-- /generated -->"];
  const [before, rest] = text.split(open);
  const end = rest?.indexOf(close) ?? -1;
  if (end < 0) throw new Error(`${page} has no place for the ${name}`);
  return `${before}${open}\n${lines.join("\n")}\n${rest.slice(end)}`;
}

const cell = (text) => text.replaceAll("|", "\\|");

function table({ checks }) {
  const lines = [`${checks.length} checks; the run that wrote this has seen each of them pass.`];
  let group;
  for (const check of checks) {
    if (check.group !== group) {
      group = check.group;
      lines.push("", `| ${group} | test |`, "|---|---|");
    }
    lines.push(`| ${cell(check.claim)} | ${check.tests.map(cell).join("<br>")} |`);
  }
  return lines;
}

/** What the last run of `scripts/torture security-mutations` came to. */
function mutations() {
  const file = join(dir, "mutations.json");
  if (!existsSync(file)) return null;
  const { commit, rows } = JSON.parse(readFileSync(file, "utf8"));
  const caught = rows.filter((row) => row.caught).length;
  return [
    `${caught} of ${rows.length} caught at ${commit.slice(0, 10)}.`,
    "",
    "| protection taken away | what failed |",
    "|---|---|",
    ...rows.map(
      (row) => `| ${cell(row.description)} | ${row.caught ? cell(row.test) : "**nothing**"} |`,
    ),
  ];
}

/** The page as it should be by now. */
function renewed(report) {
  const text = put(readFileSync(page, "utf8"), "security", table(report));
  const faults = mutations();
  return faults ? put(text, "mutations", faults) : text;
}

/** Whether the table in docs/SECURITY.md is another than this report's. */
export function stale(report) {
  return renewed(report) !== readFileSync(page, "utf8");
}

function main() {
  const file = join(dir, "report.json");
  if (!existsSync(file)) throw new Error("there is no report yet: run scripts/test security");
  const report = JSON.parse(readFileSync(file, "utf8"));
  const open = report.checks.filter((check) => check.verdict !== "passed");
  for (const { verdict: what, claim, tests } of open) {
    console.log(`${what}: ${claim} (${tests.join(", ")})`);
  }
  console.log(`${report.checks.length} checks, ${report.checks.length - open.length} passed`);
  if (open.length > 0) return 1;
  if (process.argv.includes("--docs")) writeFileSync(page, renewed(report));
  else if (stale(report)) console.log("docs/SECURITY.md is stale: the same with --docs writes it");
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main();
