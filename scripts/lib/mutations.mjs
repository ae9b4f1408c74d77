// Applies each patch of tests/mutations to a copy of the project and asks the tests whether they notice.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./office.mjs";
import { run, start } from "./processes.mjs";

const MOST_MISSED = 2;
const MINUTES = 15;
const patches = join(root, "tests/mutations");

/** The suites, by the names used at the head of the patches. */
const suites = {
  engine: ["hotdesk-engine", "engine", ["--skip", "search"]],
  search: ["hotdesk-engine", "engine", ["search"]],
  simulation: ["hotdesk-server", "simulation", ["no_seed"], { HOTDESK_SEEDS: "400" }],
  agent: ["hotdesk-agent", "agent", []],
  server: ["hotdesk-server", "main", []],
};

function git(folder, ...args) {
  const done = spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.trim()}`);
  return done.stdout;
}

function remove(copy) {
  spawnSync("git", ["-C", root, "worktree", "remove", "--force", copy]);
  rmSync(copy, { recursive: true, force: true });
}

/** The description, the suites and the number at a patch's head. */
function read(file) {
  const [description, noticed] = readFileSync(join(patches, file), "utf8").split("\n");
  const names = noticed.match(/^Noticed by: (.+)$/)?.[1].split(" ") ?? [];
  if (names.length === 0 || names.some((name) => !(name in suites))) {
    throw new Error(`${file} does not say which suites should notice it`);
  }
  return { file, number: file.split("-")[0], description, suites: names };
}

async function cargo(copy, args, env = {}) {
  const entry = start("cargo", "env", ["-C", copy, "cargo", ...args], {
    env: {
      ...env,
      CARGO_TARGET_DIR: join(target, "mutations"),
      CARGO_TERM_COLOR: "never",
      RUST_BACKTRACE: "0",
    },
  });
  let text = "";
  for (const stream of [entry.child.stdout, entry.child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  const timer = setTimeout(
    () => entry.child.pid && process.kill(-entry.child.pid, "SIGKILL"),
    MINUTES * 60_000,
  );
  const code = await entry.exited;
  clearTimeout(timer);
  return { code, text };
}

/** The first test that fails; null when all pass. */
async function ask(copy, name) {
  const [package_, test, args, env] = suites[name];
  const target = ["-p", package_, "--test", test];
  const built = await cargo(copy, ["test", "--locked", "--no-run", ...target]);
  if (built.code !== 0) throw new Error(`it does not build:\n${built.text.slice(-2000)}`);
  const ran = await cargo(
    copy,
    ["test", "--locked", "--no-fail-fast", ...target, "--", ...args],
    env,
  );
  if (ran.code === 0) return null;
  return ran.text.match(/^test (\S+) (?:- should panic )?\.\.\. FAILED/m)?.[1] ?? "it does not end";
}

/** A suite that fails without any fault notices nothing. */
const sound = new Set();
async function mustPass(copy, suite) {
  if (sound.has(suite)) return;
  const test = await ask(copy, suite);
  if (test) throw new Error(`${suite} fails without any fault: ${test}`);
  console.log(`${suite} passes as it is`);
  sound.add(suite);
}

async function judge(copy, patch, only) {
  const begun = performance.now();
  let verdict = { caught: false, suite: null, test: null };
  for (const suite of only ? [only] : patch.suites) {
    await mustPass(copy, suite);
    git(copy, "apply", "--whitespace=nowarn", join(patches, patch.file));
    const test = await ask(copy, suite).finally(() => git(copy, "checkout", "-q", "--", "."));
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
  const all = readdirSync(patches).filter((file) => file.endsWith(".patch"));
  const chosen = all
    .sort()
    .map(read)
    .filter((patch) => asked.length === 0 || asked.includes(patch.number));
  if (chosen.length === 0) throw new Error("there is no such patch");

  const commit = git(root, "rev-parse", "HEAD").trim();
  // Always in the same place: cargo would build everything anew in another.
  const copy = join(target, "mutations", "copy");
  remove(copy);
  const rows = [];
  try {
    git(root, "worktree", "add", "--detach", "--force", copy, "HEAD");
    for (const patch of chosen) git(copy, "apply", "--check", join(patches, patch.file));
    for (const patch of chosen) {
      const row = await judge(copy, patch, only);
      rows.push(row);
      keep(rows, only, commit);
      const verdict = row.caught ? `caught by ${row.suite}: ${row.test}` : "SURVIVED";
      console.log(`${row.file.padEnd(46)} ${String(row.seconds).padStart(4)} s  ${verdict}`);
    }
  } finally {
    remove(copy);
  }
  const { faults, caught, survived } = keep(rows, only, commit);
  console.log(`${caught} of ${faults} caught; survived: ${survived.join(", ") || "none"}`);
  return asked.length > 0 || only || survived.length <= MOST_MISSED ? 0 : 1;
}

await run(main);
