// The queue server's figures, from its two cargo benches.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
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

const times = () =>
  cpus().reduce(
    ({ idle, all }, { times: of }) => ({
      idle: idle + of.idle,
      all: all + of.user + of.nice + of.sys + of.idle + of.irq,
    }),
    { idle: 0, all: 0 },
  );

/** How much of the processors other programs use, in per cent, once it is little or after five minutes. */
async function othersUse() {
  let use = 100;
  for (let i = 0; i < 60 && use > 5; i += 1) {
    const before = times();
    await pause(5000);
    const after = times();
    use = 100 * (1 - (after.idle - before.idle) / (after.all - before.all));
  }
  return use;
}

/** Claims and cycles beside bare SQL, desktops that wait, and lists of leads. */
export async function queueRows() {
  const benches = ["--bench", "queue", "--bench", "leads"];
  const build = ["bench", "--workspace", "--locked", "--no-run", ...benches];
  const built = spawnSync("cargo", build, { cwd: root, stdio: "inherit" });
  if (built.status !== 0) throw new Error("the benches do not build");
  const others = await othersUse();
  // What else went on meanwhile, in the words of who measures.
  const note = process.env.HOTDESK_BENCH_NOTE ?? null;
  return { queue: rowsOf("queue"), leads: rowsOf("leads"), others, note };
}
