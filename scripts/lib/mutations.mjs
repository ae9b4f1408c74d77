// Applies each patch of tests/mutations to a copy of the project and asks the tests whether they notice.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./office.mjs";
import { run, start } from "./processes.mjs";

const LEAST_CAUGHT = 28;
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
      CARGO_TARGET_DIR: join(root, "target/mutations"),
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

async function judge(copy, patch, only) {
  const begun = performance.now();
  git(copy, "apply", "--whitespace=nowarn", join(patches, patch.file));
  let verdict = { caught: false, suite: null, test: null };
  try {
    for (const suite of only ? [only] : patch.suites) {
      const test = await ask(copy, suite);
      if (test) {
        verdict = { caught: true, suite, test };
        break;
      }
    }
  } finally {
    git(copy, "checkout", "-q", "--", ".");
  }
  const { file, description } = patch;
  return { file, description, ...verdict, seconds: Math.round((performance.now() - begun) / 1000) };
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

  const copy = mkdtempSync(join(tmpdir(), "hotdesk-mutations-"));
  const rows = [];
  try {
    git(root, "worktree", "add", "--detach", "--force", copy, "HEAD");
    for (const patch of chosen) git(copy, "apply", "--check", join(patches, patch.file));
    for (const suite of only ? [only] : new Set(chosen.flatMap((patch) => patch.suites))) {
      const test = await ask(copy, suite);
      if (test) throw new Error(`${suite} fails without any fault: ${test}`);
      console.log(`${suite} passes as it is`);
    }
    for (const patch of chosen) {
      const row = await judge(copy, patch, only);
      rows.push(row);
      const verdict = row.caught ? `caught by ${row.suite}: ${row.test}` : "SURVIVED";
      console.log(`${row.file.padEnd(46)} ${String(row.seconds).padStart(4)} s  ${verdict}`);
    }
  } finally {
    spawnSync("git", ["-C", root, "worktree", "remove", "--force", copy]);
    rmSync(copy, { recursive: true, force: true });
  }
  const caught = rows.filter((row) => row.caught).length;
  const survived = rows.filter((row) => !row.caught).map((row) => row.file);
  mkdirSync(join(root, "target/delivery"), { recursive: true });
  const result = { faults: rows.length, caught, survived, rows };
  const name = only ? `mutations-${only}.json` : "mutations.json";
  writeFileSync(join(root, "target/delivery", name), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`${caught} of ${rows.length} caught; survived: ${survived.join(", ") || "none"}`);
  return asked.length > 0 || only || caught >= LEAST_CAUGHT ? 0 : 1;
}

await run(main);
