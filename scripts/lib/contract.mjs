// Lets Schemathesis ask a real queue server whatever its OpenAPI document allows, and what it does not,
// and holds every answer against the document; as an admin, then as an SDR on a desktop.
// usage: node scripts/lib/contract.mjs [--examples N] [--seed N] [--postgres]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import {
  admin,
  call,
  people,
  root,
  signIn,
  startPostgres,
  startServer,
  target,
} from "./office.mjs";
import { run, start } from "./processes.mjs";

const folder = join(root, "tests/contract");
const tools = join(target, "tools/schemathesis");
/** Where the document is left, for the tests of the page that shows it. */
const kept = join(target, "contract/openapi.json");
/** These end the very sign-in they are asked with. */
const endings = ["POST /api/sender/sign-out", "POST /api/sdr/sign-out"];

/** Schemathesis in a place of its own, each package by its hash. */
function install() {
  const wanted = readFileSync(join(folder, "requirements.txt"), "utf8");
  const done = join(tools, "requirements.txt");
  if (existsSync(done) && readFileSync(done, "utf8") === wanted) return;
  console.log("installing Schemathesis");
  rmSync(tools, { recursive: true, force: true });
  const pip = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:"];
  const requirements = join(folder, "requirements.txt");
  for (const [command, ...args] of [
    ["python3", "-m", "venv", tools],
    [join(tools, "bin/pip"), ...pip, "--disable-pip-version-check", "-r", requirements],
    ["cp", requirements, done],
  ]) {
    const { status } = spawnSync(command, args, { stdio: "inherit" });
    if (status !== 0) throw new Error(`${command} ${args[0]}: Schemathesis could not be installed`);
  }
}

/** Asks under one sign-in; answers how many requests were made, and whether nothing was found. */
async function ask(url, who, token, { examples, seed }) {
  const args = [
    ...["--no-color", "--config-file", join(folder, "schemathesis.toml")],
    ...["run", `${url}/api/openapi.json`, "--url", url, "--checks", "all"],
    ...["--phases", "coverage,fuzzing", "--max-examples", String(examples), "--seed", String(seed)],
    ...endings.flatMap((name) => ["--exclude-name", name]),
  ];
  // What it keeps for its next run it keeps where it runs.
  const command = ["-C", dirname(kept), join(tools, "bin/schemathesis"), ...args];
  const entry = start(`schemathesis as ${who}`, "env", command, {
    env: { HOTDESK_TOKEN: token, PYTHONUNBUFFERED: "1" },
  });
  let text = "";
  for (const stream of [entry.child.stdout, entry.child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
      process.stdout.write(chunk);
    });
  }
  const code = await entry.exited;
  const [, requests] = text.match(/(\d+) generated/) ?? [];
  return { who, requests: Number(requests ?? 0), passed: code === 0 };
}

await run(async () => {
  const { values } = parseArgs({
    options: {
      examples: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      postgres: { type: "boolean", default: false },
    },
  });
  install();
  const dir = mkdtempSync(join(tmpdir(), "hotdesk-contract-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  const database = values.postgres ? await startPostgres() : join(dir, "server.db");
  const server = await startServer(dir, { database });
  const document = await call(server.url, "GET", "/api/openapi.json");
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(kept, JSON.stringify(document));
  const token = await signIn(server.url, admin);
  const desktop = await signIn(server.url, people[0].email, "contract-desktop");
  const how = { examples: values.examples, seed: values.seed };
  const runs = [
    await ask(server.url, "an admin", token, how),
    await ask(server.url, "an SDR", desktop, how),
  ];
  for (const { who, requests, passed } of runs) {
    console.log(
      `as ${who}: ${requests} requests, ${passed ? "as the document says" : "NOT as the document says"}`,
    );
  }
  // One that asked nothing has shown nothing.
  return runs.every(({ passed, requests }) => passed && requests > 0) ? 0 : 1;
});
