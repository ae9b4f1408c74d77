// Runs the parts of scripts/test, counts what they ran, and prints the table.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, target } from "./office.mjs";
import { run, start } from "./processes.mjs";
import * as security from "./security-report.mjs";

let artifacts;

/** What has failed, in its own words, for the last lines of a long log. */
const failures = [];

function note(part, text) {
  const plain = [/^test (.+) \.\.\. FAILED$/gm, /^ *(?:FAIL|×) +(.+)$/gm];
  const names = plain.flatMap((line) => [...text.matchAll(line)].map(([, name]) => name));
  const lines = names.length > 0 ? names : text.trimEnd().split("\n").slice(-12);
  failures.push(...new Set(lines.map((line) => `${part}: ${line}`)));
}

/** One command; its output goes to the terminal and into a log. Answers all of it. */
async function shell(part, command, args, { cwd = root, env = {}, minutes = 15 } = {}) {
  console.log(`\n--- ${part}: ${[command, ...args].join(" ")}`);
  const entry = start(part, "env", ["-C", cwd, command, ...args], { env });
  let text = "";
  for (const [from, to] of [
    [entry.child.stdout, process.stdout],
    [entry.child.stderr, process.stderr],
  ]) {
    from.on("data", (chunk) => {
      text += chunk;
      to.write(chunk);
    });
  }
  const timer = setTimeout(
    () => entry.child.pid && process.kill(-entry.child.pid, "SIGKILL"),
    minutes * 60_000,
  );
  const code = await entry.exited;
  clearTimeout(timer);
  if (code !== 0) {
    console.log(`--- ${part}: ended with ${code}`);
    note(part, text);
  }
  return { code, text };
}

/** A command that is one check by itself. */
async function check(part, command, args, options) {
  const { code } = await shell(part, command, args, options);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function sum(results) {
  return results.reduce(
    (all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed }),
    { passed: 0, failed: 0 },
  );
}

async function each(...checks) {
  const results = [];
  for (const one of checks) results.push(await one());
  return sum(results);
}

/** Builds everything once; answers the test programs by package name. */
async function build() {
  if (artifacts) return artifacts;
  const web = spawnSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
  if (web.status !== 0) throw new Error("the bridge and the window could not be built");
  console.log("\n--- build: cargo build --workspace --all-targets");
  const done = spawnSync(
    "cargo",
    [
      "build",
      "--workspace",
      "--all-targets",
      "--locked",
      "--message-format=json-render-diagnostics",
    ],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28, encoding: "utf8" },
  );
  if (done.status !== 0) throw new Error("the programs could not be built");
  artifacts = done.stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter((one) => one.reason === "compiler-artifact" && one.profile.test && one.executable)
    .map((one) => ({
      dir: dirname(one.manifest_path),
      package: readFileSync(one.manifest_path, "utf8").match(
        /\[package\][^[]*?name = "([^"]+)"/,
      )[1],
      target: one.target,
      program: one.executable,
    }));
  return artifacts;
}

/** What a Rust test program says it ran. */
function counted(code, text) {
  const found = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)];
  const all = sum(found.map(([, passed, failed]) => ({ passed: +passed, failed: +failed })));
  if (code !== 0 && all.failed === 0) all.failed = 1;
  return all;
}

/** Runs the Rust tests of some packages from the one build, as `cargo test` would. */
async function rust(
  part,
  packages,
  { kinds = ["lib", "bin", "test"], names = () => true, minutes, args = [], env = {} } = {},
) {
  const programs = (await build()).filter(
    (one) =>
      packages.includes(one.package) &&
      one.target.kind.some((kind) => kinds.includes(kind)) &&
      names(one.target.name),
  );
  const without = packages.filter((name) => !programs.some((one) => one.package === name));
  if (without.length > 0) throw new Error(`no test program of ${without.join(", ")}`);
  const results = [];
  for (const one of programs) {
    const { code, text } = await shell(part, one.program, args, {
      cwd: one.dir,
      minutes,
      env: { CARGO_MANIFEST_DIR: one.dir, ...env },
    });
    security.seeRust(programName(one), text);
    results.push(counted(code, text));
  }
  return sum(results);
}

/** What docs/security-checks.txt calls a test program. */
function programName({ package: name, target: { kind, name: test } }) {
  if (name === "hotdesk") return kind.includes("test") ? test : "app";
  return test === "fuzz" ? test : name.replace("hotdesk-", "");
}

/** Runs the Vitest tests of one folder. */
async function vitest(part, folder, args = [], env = {}) {
  const file = join(target, `vitest-${part}.json`);
  rmSync(file, { force: true });
  const { code, text } = await shell(
    part,
    "npx",
    ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${file}`, ...args],
    {
      cwd: join(root, folder),
      env: { NO_COLOR: "1", FORCE_COLOR: null, ...env },
    },
  );
  security.seeVitest(part, file);
  const count = (word) => +(text.match(new RegExp(`^\\s*Tests .*?(\\d+) ${word}`, "m"))?.[1] ?? 0);
  const counted = { passed: count("passed"), failed: count("failed") };
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  return counted;
}

/** Installs what one part alone needs. */
function setUp(step, what) {
  const done = spawnSync(join(root, "scripts/lib/setup.sh"), [step], { stdio: "inherit" });
  if (done.status !== 0) throw new Error(`${what} could not be installed`);
}

/** Where tests leave the figures of what they have shown about delivery. */
function figures() {
  const folder = join(target, "delivery");
  mkdirSync(folder, { recursive: true });
  return { HOTDESK_DELIVERY: folder };
}

/** Where tests leave what they have shown about security. */
function shown() {
  mkdirSync(security.dir, { recursive: true });
  return { HOTDESK_SECURITY: security.dir };
}

/** What others wrote and we build in; it tells its checks as a Rust test program does. */
async function supplyChain() {
  const { code, text } = await shell("supply", "node", ["scripts/lib/supply.mjs"]);
  security.seeRust("supply", text);
  const count = (word) =>
    [...text.matchAll(new RegExp(`^test \\S+ \\.\\.\\. ${word}$`, "gm"))].length;
  const failed = count("FAILED");
  return { passed: count("ok"), failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** What the parts are, in the order in which they share most of the work. */
const parts = {
  fmt: () => check("fmt", "cargo", ["fmt", "--all", "--check"]),
  unit: () =>
    each(
      () =>
        rust("unit", ["hotdesk-protocol", "hotdesk-engine", "hotdesk-agent"], {
          names: (name) => name !== "fuzz",
          env: { ...figures(), ...shown() },
        }),
      () => rust("unit", ["hotdesk"], { kinds: ["lib", "bin"], env: shown() }),
    ),
  // As scripts/fuzz does, from the one build.
  fuzz: () =>
    rust("fuzz", ["hotdesk-agent"], {
      names: (name) => name === "fuzz",
      args: ["--nocapture"],
      env: { HOTDESK_FUZZ_SECONDS: "60", ...shown() },
    }),
  // The sender with its failpoints compiled in; the features of everything else stay as they are.
  blows: async () => {
    const features = ["--features", "hotdesk-agent/failpoints", "--test", "delivery"];
    // One suite after the other: each has many desktops at work at once.
    const one = ["--test-threads=1"];
    const args = ["test", "--workspace", "--locked", ...features, "--", "--nocapture", ...one];
    const { code, text } = await shell("blows", "cargo", args, { env: figures() });
    return counted(code, text);
  },
  // All of it on SQLite, then what goes over HTTP on PostgreSQL; --nocapture shows how many
  // conformance sequences ran on each.
  server: () => {
    const names = (name) => name !== "simulation";
    const args = ["--nocapture"];
    return each(
      () => rust("server", ["hotdesk-server"], { names, args }),
      () => {
        const env = { HOTDESK_STORE: "postgres" };
        const api = { kinds: ["test"], names, args: ["api::"], env };
        return rust("server", ["hotdesk-server"], api);
      },
    );
  },
  // The server and its OpenAPI document, held against each other; then the page that shows it.
  contract: async () => {
    await build();
    const env = { HOTDESK_OPENAPI: join(target, "contract/openapi.json") };
    return each(
      () => check("contract", "node", ["scripts/lib/contract.mjs"]),
      () => vitest("contract", "ui", ["tests/dashboard/reference.test.ts"], env),
    );
  },
  simulation: () =>
    rust("simulation", ["hotdesk-server"], {
      names: (name) => name === "simulation",
      minutes: 25,
      args: ["--nocapture"],
      env: { ...figures(), HOTDESK_SEEDS: "2000" },
    }),
  sim: () =>
    each(
      () => rust("sim", ["hotdesk-whatsapp-sim"]),
      () => vitest("sim", "crates/whatsapp-sim/tests/page"),
      () => vitest("sim", "crates/whatsapp-sim/tests/wa-js"),
      () => {
        setUp("judge", "whatsapp-web.js");
        return vitest("sim", "crates/whatsapp-sim/tests/wwebjs");
      },
    ),
  "bridge-unit": async () => {
    await build();
    return vitest("bridge-unit", "bridge");
  },
  "bridge-sim": async () => {
    await build();
    return vitest("bridge-sim", "bridge", ["--config", "vitest.sim.config.ts"]);
  },
  // The same tests in the app's own pages, as tests/page_host opens them.
  "bridge-webkit": async () => {
    await build();
    return vitest("bridge-webkit", "bridge", ["--config", "vitest.sim.config.ts"], {
      BRIDGE_ENGINE: "webkit",
    });
  },
  // The window and the dashboard by themselves, then the dashboard as the server serves it, in Chromium.
  ui: async () => {
    await build();
    return each(
      () => vitest("ui", "ui"),
      () => vitest("ui", "ui", ["--config", "vitest.server.config.ts"]),
    );
  },
  e2e: async () => {
    setUp("driver", "tauri-driver");
    return rust("e2e", ["hotdesk"], {
      kinds: ["test"],
      minutes: 25,
      args: ["--test-threads=2"],
      env: shown(),
    });
  },
  demo: async () => {
    await build();
    return check("demo", "node", ["scripts/lib/demo.mjs", "--headless"], { minutes: 6 });
  },
  kills: async () => {
    await build();
    return check("kills", "node", ["scripts/lib/kills.mjs"]);
  },
  supply: () => {
    setUp("deny", "cargo-deny");
    return supplyChain();
  },
  // Running them takes an hour (scripts/torture mutations); that each still fits takes a second.
  mutations: () => {
    const folder = join(root, "tests/mutations");
    const files = readdirSync(folder, { recursive: true });
    const patches = files.filter((file) => file.endsWith(".patch"));
    return each(
      ...patches.map(
        (file) => () => check("mutations", "git", ["apply", "--check", join(folder, file)]),
      ),
    );
  },
  types: async () =>
    each(
      () => check("types", "npx", ["biome", "check", "."]),
      () => check("types", "npm", ["run", "--silent", "check", "-w", "bridge"]),
      () => check("types", "npm", ["run", "--silent", "check", "-w", "ui"]),
    ),
  clippy: () =>
    check("clippy", "cargo", [
      "clippy",
      "--workspace",
      "--all-targets",
      "--locked",
      "--",
      "-D",
      "warnings",
    ]),
  doc: () =>
    each(
      () =>
        check("doc", "cargo", ["doc", "--workspace", "--no-deps", "--locked"], {
          env: { RUSTDOCFLAGS: "-D warnings" },
        }),
      // What must not compile can be shown nowhere else.
      async () => {
        const args = ["test", "--doc", "--workspace", "--locked"];
        const { code, text } = await shell("doc", "cargo", args);
        return counted(code, text);
      },
    ),
  // Runs nothing: each check of docs/SECURITY.md is judged by what the parts before it have seen.
  security: () => {
    const report = security.judge();
    const open = report.checks.filter((check) => check.verdict !== "passed");
    const words = open.map(({ verdict, claim, tests }) => `${verdict}: ${claim} (${tests})`);
    failures.push(...words.map((line) => `security: ${line}`));
    if (open.length === 0 && security.stale(report)) {
      console.log("docs/SECURITY.md is stale: run node scripts/lib/security-report.mjs --docs");
    }
    return { passed: report.checks.length - open.length, failed: open.length };
  },
};

/** Names for several parts. */
const groups = {
  bridge: ["bridge-unit", "bridge-sim", "bridge-webkit"],
  delivery: ["unit", "simulation", "blows", "kills"],
  security: ["unit", "fuzz", "server", "bridge-unit", "bridge-sim", "e2e", "supply", "security"],
};

async function main() {
  const named = process.argv.slice(2);
  const names = [...new Set([...Object.keys(groups), ...Object.keys(parts)])];
  if (named.includes("--list")) {
    console.log(names.join("\n"));
    return 0;
  }
  const odd = named.filter((name) => !names.includes(name));
  if (odd.length > 0) {
    console.error(`unknown part: ${odd.join(", ")}; there are: ${names.join(", ")}`);
    return 2;
  }
  const asked = named.flatMap((name) => groups[name] ?? [name]);
  security.forget();
  const rows = [];
  for (const name of Object.keys(parts).filter(
    (one) => asked.length === 0 || asked.includes(one),
  )) {
    const before = performance.now();
    let result;
    try {
      result = await parts[name]();
    } catch (error) {
      console.error(`--- ${name}: ${error.message}`);
      result = { passed: 0, failed: 1 };
    }
    // A part that ran nothing has shown nothing.
    if (result.passed + result.failed === 0) result.failed = 1;
    rows.push({ name, ...result, seconds: Math.round((performance.now() - before) / 1000) });
  }
  console.log(
    `\n${"part".padEnd(14)}${"passed".padStart(8)}${"failed".padStart(8)}${"seconds".padStart(9)}`,
  );
  for (const row of rows) {
    console.log(
      `${row.name.padEnd(14)}${String(row.passed).padStart(8)}${String(row.failed).padStart(8)}${String(row.seconds).padStart(9)}`,
    );
  }
  const all = sum(rows);
  if (failures.length > 0) console.log(`\nfailed:\n${failures.join("\n")}\n`);
  console.log(`${all.passed} passed, ${all.failed} failed`);
  return all.failed === 0 ? 0 : 1;
}

await run(main);
