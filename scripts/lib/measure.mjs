// Reading the machine: memory and processor time of process trees, and what is on the screen.
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** The ids of a process and all its descendants. */
export function tree(pid) {
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statOf(name)?.[1];
    if (parent === undefined) continue;
    if (!children.has(+parent)) children.set(+parent, []);
    children.get(+parent).push(+name);
  }
  const found = [];
  const open = [pid];
  while (open.length > 0) {
    const one = open.pop();
    found.push(one);
    open.push(...(children.get(one) ?? []));
  }
  return found;
}

/** The fields of /proc/PID/stat after the program's name. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(") ") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Proportional set size of process trees, in MB. */
export function pssMb(pids) {
  let kib = 0;
  for (const pid of pids.flatMap(tree)) {
    try {
      kib += +(
        readFileSync(`/proc/${pid}/smaps_rollup`, "latin1").match(/^Pss:\s+(\d+)/m)?.[1] ?? 0
      );
    } catch (error) {
      if (error.code === "EACCES")
        throw new Error("the app lets nobody but root read its memory's size: measure as root");
      // It has ended meanwhile.
    }
  }
  return kib / 1024;
}

/** The same once it has stopped changing: three readings a second apart within one per cent. */
export async function settledPssMb(pids, { seconds = 60 } = {}) {
  const seen = [];
  for (let i = 0; i < seconds; i += 1) {
    seen.push(pssMb(pids));
    const last = seen.slice(-3);
    if (last.length === 3 && Math.max(...last) / Math.min(...last) < 1.01) break;
    await pause(1000);
  }
  return seen.at(-1);
}

/** Processor time used by process trees over so many seconds, in per cent of one core. */
export async function cpuPercent(pids, seconds) {
  const used = () => {
    const ticks = new Map();
    for (const pid of pids.flatMap(tree)) {
      const stat = statOf(pid);
      if (stat) ticks.set(pid, +stat[11] + +stat[12]);
    }
    return ticks;
  };
  const before = used();
  await pause(seconds * 1000);
  let ticks = 0;
  for (const [pid, now] of used()) ticks += now - (before.get(pid) ?? 0);
  // A tick is a hundredth of a second on every Linux this runs on.
  return ticks / seconds;
}

/** Waits until a window has drawn its content: many colours where there was one. */
export async function untilPainted(framebuffer, { seconds = 30 } = {}) {
  const limit = performance.now() + seconds * 1000;
  const file = openSync(`${framebuffer}/Xvfb_screen0`, "r");
  const pixels = Buffer.alloc(1280 * 800 * 4);
  try {
    while (performance.now() < limit) {
      // An XWD header of a few hundred bytes before the pixels does not matter here.
      readSync(file, pixels, 0, pixels.length, 0);
      const colours = new Set();
      for (let at = 4096; at + 4 <= pixels.length; at += 4 * 97) {
        colours.add(pixels.readUInt32LE(at) & 0xffffff);
        if (colours.size > 24) return performance.now();
      }
      await pause(5);
    }
  } finally {
    closeSync(file);
  }
  throw new Error("no window was painted");
}

/** The value below which so many per cent of the values are. */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)];
}
