// Measures the release build against the rehearsal WhatsApp, and the naive way beside it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cpuPercent, percentile, settledPssMb, untilPainted } from "./measure.mjs";
import { NaiveSession } from "./naive.mjs";
import {
  call,
  manager,
  morePeople,
  people,
  root,
  signIn,
  startApp,
  startScreen,
  startServer,
  startSim,
  target,
} from "./office.mjs";
import { end, run, until } from "./processes.mjs";

const quick = process.argv.includes("--quick");
const profile = "release";
const everybody = [...people, ...morePeople];
const counts = quick ? [0, 1, 3] : [0, 1, 3, 10];
const idleSeconds = quick ? 15 : 60;
const starts = quick ? 3 : 7;
const singles = quick ? 30 : 100;
const benchDir = join(target, "bench");
const rows = [];
let serial = 0;

function put(measure, unit, hotdesk, chromium = null) {
  rows.push({ measure, unit, hotdesk, chromium });
  const show = (value) => (value === null ? "" : ` ${round(value)}`);
  console.log(
    `${measure}:${show(hotdesk)} ${unit}${chromium === null ? "" : ` (Chromium${show(chromium)})`}`,
  );
}

const round = (value) => (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10);

/** A fresh office: ten SDRs, no pacing, an empty queue. */
async function office(name) {
  const dir = join(benchDir, name);
  mkdirSync(dir, { recursive: true });
  const server = await startServer(dir, {
    profile,
    messages: 0,
    seed: ["--sdrs", "10", "--gap-ms", "0"],
  });
  const sim = await startSim(dir, { profile });
  const token = await signIn(server.url, manager);
  return { dir, server, sim, token };
}

async function close({ server, sim }) {
  await end(server.entry);
  await end(sim.entry);
}

/** Queues one message to a lead of its own; answers the lead's number. */
async function queue({ server, token }, sdr) {
  serial += 1;
  const phone = `+55219${String(serial).padStart(8, "0")}`;
  const lead = { name: `Lead ${serial}`, phone, consent: "measurement" };
  await call(server.url, "POST", "/api/messages", {
    token,
    body: { sdrId: sdr.sdrId, lead, text: `Message ${serial}` },
  });
  return phone;
}

async function departures({ sim }) {
  return (await call(sim.url, "GET", "/control/history")).messages;
}

/** From the queueing of single messages to their departure, in ms. */
async function latencies(at, sdrs) {
  const all = [];
  for (let i = 0; i < singles; i += 1) {
    const before = Date.now();
    const phone = await queue(at, sdrs[i % sdrs.length]);
    const row = await until(
      "the message has left",
      async () => (await departures(at)).find((one) => one.to === phone),
      { every: 20 },
    );
    all.push(row.atMs - before);
    // Acks and reports of this one must not meet the next.
    await pause(700);
  }
  return all;
}

/** Messages a second while every SDR has plenty to send. */
async function throughput(at, sdrs) {
  const each = quick ? 30 : 100;
  const before = (await departures(at)).length;
  const jobs = Array.from({ length: each }, () => sdrs).flat();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let sdr = jobs.pop(); sdr; sdr = jobs.pop()) await queue(at, sdr);
    }),
  );
  const wanted = before + each * sdrs.length;
  const all = await until(
    "all messages have left",
    async () => {
      const now = await departures(at);
      return now.length >= wanted && now;
    },
    { seconds: 600, every: 250 },
  );
  const times = all
    .slice(before)
    .map((row) => row.atMs)
    .toSorted((a, b) => a - b);
  return (times.length - 1) / ((times.at(-1) - times[0]) / 1000);
}

/** Waits until the server has heard from each SDR since `since` that they are connected. */
async function untilConnected({ server }, sdrs, tokens, since) {
  await until(
    "every SDR is connected",
    async () => {
      const seen = await Promise.all(
        sdrs.map((_, i) =>
          call(server.url, "GET", "/api/sdr/whatsapp/status", { token: tokens[i] }),
        ),
      );
      return seen.every((one) => one.connected && Date.parse(one.lastSeen) >= since);
    },
    { every: 20, seconds: 90 },
  );
  return performance.now();
}

async function hotdesk(count, screen) {
  const at = await office(`hotdesk-${count}`);
  const sdrs = everybody.slice(0, count);
  const tokens = await Promise.all(sdrs.map((sdr) => signIn(at.server.url, sdr.email)));
  const launch = () =>
    startApp(at.dir, { server: at.server.url, sim: at.sim.url, sdrs, env: screen.env, profile });
  const figures = {};
  let app = launch();
  await untilPainted(screen.framebuffer);
  await Promise.all(
    sdrs.map(async (sdr, i) => {
      const path = `/api/sdr/whatsapp/qr?sdrId=${sdr.sdrId}`;
      const qr = await until(
        `${sdr.sdrId} has a QR code`,
        () => call(at.server.url, "GET", path, { token: tokens[i] }),
        { seconds: 90, alive: [app] },
      );
      await call(at.sim.url, "POST", "/control/scan", { body: { qr: qr.value, phone: sdr.phone } });
    }),
  );
  await untilConnected(at, sdrs, tokens, 0);
  figures.pss = await settledPssMb([app.child.pid]);
  if (count === 3) {
    await pause(5000);
    figures.cpu = await cpuPercent([app.child.pid], idleSeconds);
    figures.latency = await latencies(at, sdrs);
  }
  if (count > 0) figures.rate = await throughput(at, sdrs);
  if (count === 3) {
    figures.paint = [];
    figures.ready = [];
    for (let i = 0; i < starts; i += 1) {
      await end(app);
      await pause(500);
      const [clock, since] = [performance.now(), Date.now()];
      app = launch();
      figures.paint.push((await untilPainted(screen.framebuffer)) - clock);
      figures.ready.push((await untilConnected(at, sdrs, tokens, since)) - clock);
    }
  }
  await end(app);
  await close(at);
  return figures;
}

async function naive(count) {
  const at = await office(`chromium-${count}`);
  const sdrs = everybody.slice(0, count);
  const open = async () => {
    const all = sdrs.map((sdr) => new NaiveSession(at.dir, at.server.url, at.sim.url, sdr));
    await Promise.all(
      all.map(async (one) => {
        await one.open();
        await one.connect();
      }),
    );
    return all;
  };
  let sessions = await open();
  const pids = sessions.map((one) => one.pid);
  const figures = { pss: await settledPssMb(pids) };
  if (count === 3) {
    await pause(5000);
    figures.cpu = await cpuPercent(pids, idleSeconds);
  }
  for (const one of sessions) one.start();
  if (count === 3) figures.latency = await latencies(at, sdrs);
  figures.rate = await throughput(at, sdrs);
  await Promise.all(sessions.map((one) => one.stop()));
  if (count === 3) {
    figures.ready = [];
    for (let i = 0; i < starts; i += 1) {
      await Promise.all(sessions.map((one) => one.close()));
      const clock = performance.now();
      sessions = await open();
      figures.ready.push(performance.now() - clock);
    }
  }
  await Promise.all(sessions.map((one) => one.close()));
  await close(at);
  return figures;
}

function table(machine) {
  const cell = (value) => (value === null ? "–" : String(round(value)));
  return [
    "# Measures",
    "",
    `Written by \`scripts/bench\`, never by hand. Machine: ${machine}. Release build, under Xvfb, against the rehearsal`,
    "WhatsApp, whose page is light; the real one is heavier. Chromium: one headless browser per SDR, driven by",
    "puppeteer-core, with the same bridge, page and queue. Memory is the proportional set size (PSS) of the whole process",
    `tree (without Node for Chromium). Starts are warm, median of ${starts}; latencies over ${singles} single messages.`,
    "",
    "| measure | unit | Hotdesk | Chromium per SDR |",
    "|---|---|---:|---:|",
    ...rows.map(
      (row) => `| ${row.measure} | ${row.unit} | ${cell(row.hotdesk)} | ${cell(row.chromium)} |`,
    ),
    "",
  ].join("\n");
}

await run(async () => {
  rmSync(benchDir, { recursive: true, force: true });
  mkdirSync(benchDir, { recursive: true });
  const framebuffer = mkdtempSync(join(tmpdir(), "hd-fb-"));
  process.on("exit", () => rmSync(framebuffer, { recursive: true, force: true }));
  const screen = { framebuffer, env: await startScreen(benchDir, { framebuffer }) };
  const [ours, theirs] = [new Map(), new Map()];
  for (const count of counts) {
    console.log(`\n${count} profiles`);
    ours.set(count, await hotdesk(count, screen));
    if (count > 0) theirs.set(count, await naive(count));
  }
  console.log();
  const [us, them] = [ours.get(3), theirs.get(3)];
  put("process start to first window paint", "ms", percentile(us.paint, 50));
  put(
    "start to the true state of 3 sessions",
    "ms",
    percentile(us.ready, 50),
    percentile(them.ready, 50),
  );
  for (const percent of [50, 95, 99]) {
    put(
      `queued to departure, p${percent}`,
      "ms",
      percentile(us.latency, percent),
      percentile(them.latency, percent),
    );
  }
  for (const count of counts.filter(Boolean)) {
    put(
      `messages a second, ${count} SDR${count > 1 ? "s" : ""}, no pacing`,
      "1/s",
      ours.get(count).rate,
      theirs.get(count).rate,
    );
  }
  for (const count of counts) {
    put(
      `memory, ${count} profile${count === 1 ? "" : "s"}`,
      "MB",
      ours.get(count).pss,
      theirs.get(count)?.pss ?? null,
    );
  }
  const most = counts.at(-1);
  const further = (all) => (all.get(most).pss - all.get(1).pss) / (most - 1);
  put("memory of each further profile", "MB", further(ours), further(theirs));
  put(`processor over ${idleSeconds} idle seconds, 3 profiles`, "% of a core", us.cpu, them.cpu);
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory`;
  writeFileSync(
    join(benchDir, "bench.json"),
    `${JSON.stringify({ machine, quick, rows }, null, 2)}\n`,
  );
  if (!quick) writeFileSync(join(root, "docs/BENCH.md"), table(machine));
  console.log(`\n${table(machine)}`);
  return 0;
});
