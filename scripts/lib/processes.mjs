// Programs started by a script, and ended with it: by process id, newest first, never by name.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

const started = [];
let ending = null;

/** The environment with some variables set and those given as null taken away. */
function merged(env) {
  const all = { ...process.env, ...env };
  for (const [key, value] of Object.entries(all)) if (value === null) delete all[key];
  return all;
}

/**
 * Starts a program whose output goes to `log`. `input` is written to its stdin; `group` puts it
 * into a process group of its own, which is ended as a whole. With `held` its stdin stays open until
 * this process ends.
 */
export function start(
  name,
  command,
  args,
  { env = {}, log, input, extraFd, group = true, held = false } = {},
) {
  const stdio = ["pipe", "pipe", "pipe"];
  if (extraFd) stdio.push("pipe");
  const child = spawn(command, args, { env: merged(env), stdio, detached: group });
  const entry = { name, child, group, ended: false, code: null, lastWords: [] };
  const file = log ? createWriteStream(log, { flags: "a" }) : null;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      file?.write(chunk);
      entry.lastWords.push(chunk.toString());
      if (entry.lastWords.length > 40) entry.lastWords.shift();
    });
  }
  child.stdin.on("error", () => {});
  if (!held) child.stdin.end(input ?? "");
  entry.exited = new Promise((resolve) => {
    child.on("error", (error) => {
      entry.lastWords.push(`${command}: ${error.message}\n`);
      entry.ended = true;
      entry.code = 127;
      resolve(127);
    });
    child.on("exit", (code, signal) => {
      entry.ended = true;
      entry.code = code ?? signal;
      resolve(entry.code);
    });
  });
  started.push(entry);
  return entry;
}

/** The first line on a program's stdout (or another of its streams) that matches. */
export function lineFrom(entry, pattern, { stream = entry.child.stdout, seconds = 30 } = {}) {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stream });
    const timer = setTimeout(
      () => fail(`said nothing expected within ${seconds} s`),
      seconds * 1000,
    );
    const fail = (why) => {
      clearTimeout(timer);
      lines.removeAllListeners("line");
      reject(new Error(`${entry.name} ${why}\n${entry.lastWords.join("").trim()}`));
    };
    lines.on("line", (line) => {
      const found = line.match(pattern);
      if (!found) return;
      clearTimeout(timer);
      lines.removeAllListeners("line");
      resolve(found);
    });
    entry.exited.then((code) => fail(`ended early (${code})`));
  });
}

/** Ends one program: asks (or strikes at once), waits up to five seconds, then insists. */
export async function end(entry, by = "SIGTERM") {
  if (!entry.ended) {
    signal(entry, by);
    const grace = new Promise((resolve) => setTimeout(resolve, 5000, "late").unref());
    if ((await Promise.race([entry.exited, grace])) === "late") signal(entry, "SIGKILL");
    await entry.exited;
  }
  if (entry.group) signal(entry, "SIGKILL");
}

function signal(entry, name) {
  if (entry.child.pid === undefined) return;
  try {
    process.kill(entry.group ? -entry.child.pid : entry.child.pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Ends everything that was started here, newest first. */
export function endAll() {
  ending ??= (async () => {
    for (const entry of started.toReversed()) await end(entry);
  })();
  return ending;
}

/** Runs a script's main function, ends what it started on every way out, and exits. */
export async function run(main) {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(name, async () => {
      await endAll();
      process.exit(130);
    });
  }
  let code = 1;
  try {
    code = await main();
  } catch (error) {
    console.error(error.stack ?? error);
  }
  await endAll();
  process.exit(code);
}

/** Asks until the answer is truthy; throws with `what` when it never is. */
export async function until(what, ask, { seconds = 60, every = 100, alive = [] } = {}) {
  const limit = performance.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    for (const entry of alive) {
      if (entry.ended) {
        throw new Error(
          `${entry.name} ended (${entry.code}) before: ${what}\n${entry.lastWords.join("").trim()}`,
        );
      }
    }
    if (performance.now() > limit) {
      throw new Error(`not within ${seconds} s: ${what}${last ? ` (${last.message})` : ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
