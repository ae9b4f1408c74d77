// How fast the lock opens and shuts: from the key a person presses to what the screen shows, read off
// the X server's own picture, and from the app's decision as its log tells it.
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { close, linkedApp, office } from "./bench-run.mjs";
import { percentile } from "./measure.mjs";
import { demoPin, logLines, people } from "./office.mjs";
import { end, until } from "./processes.mjs";

const [WIDTH, HEIGHT, PIXEL] = [1280, 800, 4];
/** A part of the page that the shell never covers. */
const AREA = { left: 560, right: 940, rows: [250, 330, 410, 490, 570] };
const quick = process.argv.includes("--quick");
const times = quick ? 5 : 30;

/** Milliseconds since 1970, finer than Date.now(). */
const clock = () => performance.timeOrigin + performance.now();

/** The X server's picture, a few rows of it. */
class Picture {
  constructor(framebuffer) {
    this.file = openSync(`${framebuffer}/Xvfb_screen0`, "r");
    const head = Buffer.alloc(104);
    readSync(this.file, head, 0, head.length, 0);
    // XWD: header's size, then the colour map's entries of twelve bytes.
    this.start = head.readUInt32BE(0) + head.readUInt32BE(76) * 12;
    this.stride = head.readUInt32BE(48);
    if (head.readUInt32BE(16) !== WIDTH || head.readUInt32BE(20) !== HEIGHT) {
      throw new Error("the screen has another size");
    }
  }

  look() {
    const bytes = (AREA.right - AREA.left) * PIXEL;
    return Buffer.concat(
      AREA.rows.map((row) => {
        const line = Buffer.alloc(bytes);
        const at = this.start + row * this.stride + AREA.left * PIXEL;
        readSync(this.file, line, 0, bytes, at);
        return line;
      }),
    );
  }

  /** When it first is, or no longer is, what it was; the time just after that look. */
  async until(is, what) {
    const limit = clock() + 30_000;
    for (;;) {
      const now = this.look();
      if (is(now)) return clock();
      if (clock() > limit) throw new Error(`never seen: ${what}`);
      // To look without a rest would take a core from what is measured.
      await pause(1);
    }
  }

  /** What it shows once it has shown the same for a second. */
  async settled() {
    for (let before = this.look(); ; ) {
      await pause(1000);
      const now = this.look();
      if (now.equals(before)) return now;
      before = now;
    }
  }

  close() {
    closeSync(this.file);
  }
}

/** The log's lines with this message, as times. */
function toldAt(at, message) {
  const lines = logLines(at.dir).filter((line) => line.message === message);
  return lines.map((line) => ({ ...line, at: Date.parse(line.timestamp) }));
}

/** The rows of docs/BENCH.md about the lock. */
export async function lockRows(screen) {
  const at = await office("lock");
  const { app } = await linkedApp(at, people.slice(0, 1), screen);
  const press = (...args) => {
    const pressed = spawnSync("xdotool", args, { env: { ...process.env, ...screen.env } });
    if (pressed.status !== 0) throw new Error(`xdotool ${args.join(" ")}: ${pressed.stderr}`);
  };
  const picture = new Picture(screen.framebuffer);
  const unlocked = () => toldAt(at, "A PIN was looked at");
  press("type", demoPin);
  press("key", "Return");
  await until("it is unlocked", () => unlocked().length > 0, { alive: [app] });
  const shown = await picture.settled();

  const figures = { lock: [], lockKey: [], frames: [], unlock: [], looked: [], shown: [] };
  for (let n = 0; n < times; n += 1) {
    let began = clock();
    press("key", "ctrl+l");
    const gone = await picture.until((now) => !now.equals(shown), "the page goes off the screen");
    figures.lockKey.push(gone - began);
    await picture.settled();
    const locked = toldAt(at, "The window was locked").at(-1);
    figures.lock.push(gone - locked.at);
    const hidden = toldAt(at, "The page is off the screen").at(-1);
    if (hidden.at < locked.at) throw new Error("the log does not tell when the page was gone");
    figures.frames.push(hidden["hide.frames"]);

    press("type", demoPin);
    await pause(300);
    began = clock();
    press("key", "Return");
    const there = await picture.until((now) => now.equals(shown), "the page is back");
    figures.unlock.push(there - began);
    await pause(500);
    const looked = unlocked().at(-1);
    figures.looked.push(looked["unlock.took_ms"]);
    figures.shown.push(there - looked.at);
  }
  picture.close();
  await end(app);
  await close(at);
  return ["unlock", "looked", "shown", "lockKey", "lock", "frames"].map((name) => ({
    name,
    p50: percentile(figures[name], 50),
    p95: percentile(figures[name], 95),
  }));
}
