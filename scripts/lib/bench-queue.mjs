// The queue server's figures, from its two cargo benches.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { benchDir } from "./bench-run.mjs";
import { root } from "./office.mjs";

/** The rows that one cargo bench writes. */
function rowsOf(bench) {
  const file = join(benchDir, `${bench}.json`);
  const args = ["bench", "--workspace", "--locked", "--bench", bench];
  const env = { ...process.env, HOTDESK_BENCH_FILE: file };
  const done = spawnSync("cargo", args, { cwd: root, env, stdio: "inherit" });
  if (done.status !== 0) throw new Error(`cargo ${args.join(" ")} failed`);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The machine's load once it is quiet, or after five minutes all the same. */
async function settledLoad() {
  for (let i = 0; i < 30 && loadavg()[0] > 0.3; i += 1) await pause(10_000);
  return loadavg()[0];
}

/** Claims and cycles beside bare SQL, desktops that wait, and lists of leads. */
export async function queueRows() {
  const benches = ["--bench", "queue", "--bench", "leads"];
  const build = ["bench", "--workspace", "--locked", "--no-run", ...benches];
  const built = spawnSync("cargo", build, { cwd: root, stdio: "inherit" });
  if (built.status !== 0) throw new Error("the benches do not build");
  const load = await settledLoad();
  return { queue: rowsOf("queue"), leads: rowsOf("leads"), load };
}
