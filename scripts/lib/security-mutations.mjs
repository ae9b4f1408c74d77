// Takes one protection away at a time (tests/mutations/security), in a copy of the last commit, and runs
// the one test that must notice. usage: node scripts/lib/security-mutations.mjs [NN...]
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./office.mjs";
import { run } from "./processes.mjs";
import { chosenPatches, copy, faulty, git, inCopy, inside } from "./scratch.mjs";
import { dir } from "./security-report.mjs";

const patches = join(root, "tests/mutations/security");

/** How a test program is chosen. Always of the whole workspace, so that nothing is built twice. */
const cargo = {
  agent: ["--test", "agent"],
  app: ["--lib"],
  e2e: ["--test", "e2e"],
};
const programs = [...Object.keys(cargo), "bridge-unit"];

/** What is taken away, and which test must notice, as a patch's head says. */
function read(file) {
  const [description, noticed] = readFileSync(join(patches, file), "utf8").split("\n");
  const [, program, name] = noticed.match(/^Noticed by: (\S+) (.+)$/) ?? [];
  if (!programs.includes(program)) throw new Error(`${file} does not say which test notices it`);
  return { file, number: file.split("-")[0], description, program, name };
}

/** What git does not keep and the tests need: the packages and what was built of them. */
function furnish() {
  for (const folder of ["node_modules", "bridge/node_modules", "ui/node_modules"]) {
    try {
      symlinkSync(join(root, folder), join(copy, folder));
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
  for (const folder of ["bridge/dist", "ui/dist"]) {
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  }
}

/** Whether the named test passes; an error if it cannot be run. */
async function passes({ program, name }) {
  if (program === "bridge-unit") {
    const built = await inside("npm", ["run", "--silent", "build:bridge", "-w", "bridge"]);
    if (built.code !== 0) throw new Error(`it does not build:\n${built.text.slice(-2000)}`);
    const title = name.replaceAll(" > ", " ").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const ran = await inside("npx", ["vitest", "run", "--root", "bridge", "-t", title]);
    if (!/Tests .*\d+ (passed|failed)/.test(ran.text)) {
      throw new Error(`it was not run:\n${ran.text.slice(-2000)}`);
    }
    return ran.code === 0;
  }
  if (program === "e2e") {
    const built = await inside("cargo", ["build", "--workspace", "--bins", "--locked"]);
    if (built.code !== 0) throw new Error(`it does not build:\n${built.text.slice(-2000)}`);
  }
  const args = ["test", "--workspace", "--locked", ...cargo[program]];
  const built = await inside("cargo", [...args, "--no-run"]);
  if (built.code !== 0) throw new Error(`it does not build:\n${built.text.slice(-2000)}`);
  const ran = await inside("cargo", [...args, "--", "--exact", name]);
  if (!ran.text.includes(`test ${name} ...`)) throw new Error(`there is no test ${name}`);
  return ran.code === 0;
}

/** A test that fails without any fault notices nothing. */
const sound = new Set();
async function mustPass(patch) {
  const key = `${patch.program} ${patch.name}`;
  if (sound.has(key)) return;
  if (!(await passes(patch))) throw new Error(`${key} fails without any fault`);
  sound.add(key);
}

function keep(rows, commit) {
  mkdirSync(dir, { recursive: true });
  const result = { commit, rows };
  writeFileSync(join(dir, "mutations.json"), `${JSON.stringify(result, null, 2)}\n`);
}

await run(async () => {
  const asked = process.argv.slice(2);
  const chosen = chosenPatches(patches, asked, read);
  const commit = git(root, "rev-parse", "HEAD").trim();
  const rows = [];
  await inCopy(patches, chosen, async () => {
    furnish();
    for (const patch of chosen) {
      await mustPass(patch);
      const caught = !(await faulty(join(patches, patch.file), () => passes(patch)));
      const { file, description, program, name } = patch;
      rows.push({ file, description, test: `${program} ${name}`, caught });
      console.log(`${file.padEnd(42)} ${caught ? "caught" : "SURVIVED"}: ${program} ${name}`);
      // Only a run of all of them is told in the documents.
      if (asked.length === 0) keep(rows, commit);
    }
  });
  const caught = rows.filter((row) => row.caught).length;
  console.log(`${caught} of ${rows.length} caught`);
  return caught === rows.length ? 0 : 1;
});
