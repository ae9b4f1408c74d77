// A copy of the last commit into which faults are put, and what cargo says there.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./office.mjs";
import { start } from "./processes.mjs";

const MINUTES = 15;

/** Always in the same place: cargo would build everything anew in another. */
export const copy = join(target, "mutations", "copy");

export function git(folder, ...args) {
  const done = spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr.trim()}`);
  return done.stdout;
}

/** Makes the copy anew, works in it if it takes each of a folder's patches, and takes it away. */
export async function inCopy(folder, patches, work) {
  remove();
  try {
    git(root, "worktree", "add", "--detach", "--force", copy, "HEAD");
    for (const { file } of patches) git(copy, "apply", "--check", join(folder, file));
    return await work();
  } finally {
    remove();
  }
}

function remove() {
  spawnSync("git", ["-C", root, "worktree", "remove", "--force", copy]);
  rmSync(copy, { recursive: true, force: true });
}

/** Works with the patch in the copy, which is as it was afterwards. */
export async function faulty(patch, work) {
  git(copy, "apply", "--whitespace=nowarn", patch);
  try {
    return await work();
  } finally {
    git(copy, "checkout", "-q", "--", ".");
  }
}

/** Runs a program in the copy; answers its exit code and all it said. */
export async function inside(program, args, env = {}) {
  const entry = start(program, "env", ["-C", copy, program, ...args], {
    env: {
      ...env,
      CARGO_TARGET_DIR: join(target, "mutations"),
      CARGO_TERM_COLOR: "never",
      NO_COLOR: "1",
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

/** The patches of a folder whose numbers were asked for, or all; each as `read` tells it. */
export function chosenPatches(folder, asked, read) {
  const chosen = readdirSync(folder)
    .filter((file) => file.endsWith(".patch"))
    .sort()
    .map(read)
    .filter(({ number }) => asked.length === 0 || asked.includes(number));
  if (chosen.length === 0) throw new Error("there is no such patch");
  return chosen;
}
