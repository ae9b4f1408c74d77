// What each adapter costs on a page as heavy as the real one: in the app's own webview, and in
// Chromium, whose engine tells its heap.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { close, latencies, linkedApp, office, quick } from "./bench-run.mjs";
import { percentile, settledPssMb } from "./measure.mjs";
import { NaiveSession } from "./naive.mjs";
import { call, logLines, people, root } from "./office.mjs";
import { end, until } from "./processes.mjs";

/** A name that `modules` needs and wa-js finds by shape. */
const MOVED = { renameModules: { WAWebSendMsgChatAction: "WAWebSendMsgChatActionV2" } };
const restMs = quick ? 10_000 : 130_000;
const [john] = people;

/** Messages' times from the hand-over to ack 1, by the app's own log. */
function submitToAck(dir) {
  const handed = new Map();
  const took = [];
  for (const entry of logLines(dir)) {
    const id = entry.spans?.find((span) => span.name === "message")?.["message.id"];
    if (entry.message === "The message is handed to the page") {
      handed.set(id, Date.parse(entry.timestamp));
    } else if (entry["message.stage"] === "Sent" && handed.has(id)) {
      took.push(Date.parse(entry.timestamp) - handed.get(id));
      handed.delete(id);
    }
  }
  return took;
}

/** One profile of the app on a heavy page that this adapter serves. */
async function inTheApp(adapter, screen) {
  const at = await office(`adapter-${adapter}`, {
    weight: "heavy",
    knobs: adapter === "wa-js" ? MOVED : {},
  });
  const { app, tokens } = await linkedApp(at, [john], screen);
  await until(
    `${adapter} serves the page`,
    async () => {
      const path = `/api/sender/queue?sdrId=${john.sdrId}`;
      const { session } = await call(at.server.url, "GET", path, { token: tokens[0] });
      return session?.adapter === adapter && session.missing.length === 0;
    },
    { seconds: 90, alive: [app] },
  );
  await pause(restMs);
  const pss = await settledPssMb([app.child.pid]);
  await latencies(at, [john]);
  const took = submitToAck(at.dir);
  await end(app);
  await close(at);
  return { pss, took };
}

/** The page's heap without garbage, in MB, and how many module factories have run. */
async function weigh(page) {
  const devtools = await page.createCDPSession();
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const factories = await page.evaluate(
    () => Object.values(require("__debug").modulesMap).filter((module) => module.executed).length,
  );
  return { heap: usedSize / 2 ** 20, factories };
}

/** How long one probe, which holds the self-test, keeps the page. */
async function probeTimes(session) {
  const times = [];
  for (let i = 0; i < 100; i += 1) {
    times.push(
      await session.page.evaluate((name) => {
        const before = performance.now();
        globalThis[name].probe();
        return performance.now() - before;
      }, session.object),
    );
  }
  return times;
}

/** The same heavy page in Chromium: without the bridge, with it, and with wa-js in its service. */
async function inChromium() {
  const at = await office("adapter-chromium", { weight: "heavy" });
  const session = new NaiveSession(at.dir, at.server.url, at.sim.url, john);
  await session.open();
  await session.connect();
  await session.close();
  const figures = {};

  await session.open({ bridge: false });
  await session.page.waitForSelector("#side", { timeout: 60_000 });
  await pause(5000);
  figures.none = await weigh(session.page);
  await session.close();

  await session.open();
  await session.connect();
  await pause(5000);
  figures.modules = { ...(await weigh(session.page)), probe: await probeTimes(session) };
  await session.close();

  await call(at.sim.url, "POST", "/control/knobs", { body: MOVED });
  await session.open();
  await session.connect();
  await session.page.evaluate(
    `${readFileSync(join(root, "bridge/dist/wa-js-adapter.js"), "utf8")};0`,
  );
  await session.ask("adopt");
  await until("wa-js serves the page", async () => {
    const { adapter, missing } = await session.ask("probe");
    return adapter === "wa-js" && missing.length === 0;
  });
  await pause(5000);
  figures.waJs = { ...(await weigh(session.page)), probe: await probeTimes(session) };
  await session.close();
  await close(at);
  return figures;
}

/** The rows of the adapters' table: measure, unit, by modules, by wa-js. */
export async function adapterRows(screen) {
  const modules = await inTheApp("modules", screen);
  const waJs = await inTheApp("wa-js", screen);
  const chromium = await inChromium();
  const rows = [];
  const both = (measure, unit, of) => {
    const [ours, theirs] = [of(modules, chromium.modules), of(waJs, chromium.waJs)];
    rows.push({ measure, unit, modules: ours, waJs: theirs });
  };
  for (const percent of [50, 95]) {
    both(`submit to ack 1, p${percent} (the rehearsal waits 100)`, "ms", ({ took }) =>
      percentile(took, percent),
    );
  }
  both("memory of the app with one heavy profile", "MB", ({ pss }) => pss);
  both("one probe with its self-test, p50", "ms of page time", (_, { probe }) =>
    percentile(probe, 50),
  );
  both("one probe with its self-test, the slowest of 100", "ms of page time", (_, { probe }) =>
    percentile(probe, 100),
  );
  both("heap that the adapter adds to the page", "MB", (_, { heap }) => heap - chromium.none.heap);
  both(
    "module factories that it makes run",
    "",
    (_, { factories }) => factories - chromium.none.factories,
  );
  return rows;
}
