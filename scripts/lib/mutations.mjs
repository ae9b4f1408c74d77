// Applies each patch of tests/mutations to a copy of the project and asks the tests whether they notice.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./office.mjs";
import { run } from "./processes.mjs";
import { chosenPatches, faulty, git, inCopy, inside } from "./scratch.mjs";

const MOST_MISSED = 2;
const patches = join(root, "tests/mutations");

/** The suites, by the names used at the head of the patches. */
const suites = {
  engine: ["hotdesk-engine", "engine", ["--skip", "search"]],
  search: ["hotdesk-engine", "engine", ["search"]],
  simulation: ["hotdesk-server", "simulation", ["no_seed"], { HOTDESK_SEEDS: "400" }],
  agent: ["hotdesk-agent", "agent", []],
  server: ["hotdesk-server", "main", []],
};

/** The description, the suites and the number at a patch's head. */
function read(file) {
  const [description, noticed] = readFileSync(join(patches, file), "utf8").split("\n");
  const names = noticed.match(/^Noticed by: (.+)$/)?.[1].split(" ") ?? [];
  if (names.length === 0 || names.some((name) => !(name in suites))) {
    throw new Error(`${file} does not say which suites should notice it`);
  }
  return { file, number: file.split("-")[0], description, suites: names };
}

/** The first test that fails; null when all pass. */
async function ask(name) {
  const [package_, test, args, env] = suites[name];
  const target = ["-p", package_, "--test", test];
  const built = await inside("cargo", ["test", "--locked", "--no-run", ...target]);
  if (built.code !== 0) throw new Error(`it does not build:\n${built.text.slice(-2000)}`);
  const ran = await inside(
    "cargo",
    ["test", "--locked", "--no-fail-fast", ...target, "--", ...args],
    env,
  );
  if (ran.code === 0) return null;
  return ran.text.match(/^test (\S+) (?:- should panic )?\.\.\. FAILED/m)?.[1] ?? "it does not end";
}

/** A suite that fails without any fault notices nothing. */
const sound = new Set();
async function mustPass(suite) {
  if (sound.has(suite)) return;
  const test = await ask(suite);
  if (test) throw new Error(`${suite} fails without any fault: ${test}`);
  console.log(`${suite} passes as it is`);
  sound.add(suite);
}

async function judge(patch, only) {
  const begun = performance.now();
  let verdict = { caught: false, suite: null, test: null };
  for (const suite of only ? [only] : patch.suites) {
    await mustPass(suite);
    const test = await faulty(join(patches, patch.file), () => ask(suite));
    if (test) {
      verdict = { caught: true, suite, test };
      break;
    }
  }
  const { file, description } = patch;
  return { file, description, ...verdict, seconds: Math.round((performance.now() - begun) / 1000) };
}

/** What the verdicts are about: other files may change between one run and the next. */
function codeOf(commit) {
  const rooms = ["crates", "tests/mutations", "Cargo.lock"].map((path) => `${commit}:${path}`);
  return createHash("sha256")
    .update(git(root, "rev-parse", ...rooms))
    .digest("hex");
}

/** The figures as they were left, if they are of this code: they need not all be run at once. */
function earlier(file, code) {
  try {
    const left = JSON.parse(readFileSync(file, "utf8"));
    return left.code === code ? left.rows : [];
  } catch {
    return [];
  }
}

/** Writes what is known so far. */
function keep(now, only, commit) {
  const folder = join(target, "delivery");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, only ? `mutations-${only}.json` : "mutations.json");
  const code = codeOf(commit);
  const others = earlier(file, code).filter((row) => now.every((one) => one.file !== row.file));
  const rows = [...others, ...now].sort((a, b) => (a.file < b.file ? -1 : 1));
  const caught = rows.filter((row) => row.caught).length;
  const survived = rows.filter((row) => !row.caught).map((row) => row.file);
  const result = { commit, code, faults: rows.length, caught, survived, rows };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

async function main() {
  const asked = process.argv.slice(2);
  const at = asked.indexOf("--suite");
  const only = at < 0 ? null : asked.splice(at, 2)[1];
  if (only !== null && !(only in suites)) throw new Error(`unknown suite: ${only}`);
  const chosen = chosenPatches(patches, asked, read);
  const commit = git(root, "rev-parse", "HEAD").trim();
  const rows = [];
  await inCopy(patches, chosen, async () => {
    for (const patch of chosen) {
      const row = await judge(patch, only);
      rows.push(row);
      keep(rows, only, commit);
      const verdict = row.caught ? `caught by ${row.suite}: ${row.test}` : "SURVIVED";
      console.log(`${row.file.padEnd(46)} ${String(row.seconds).padStart(4)} s  ${verdict}`);
    }
  });
  const { faults, caught, survived } = keep(rows, only, commit);
  console.log(`${caught} of ${faults} caught; survived: ${survived.join(", ") || "none"}`);
  return asked.length > 0 || only || survived.length <= MOST_MISSED ? 0 : 1;
}

await run(main);
