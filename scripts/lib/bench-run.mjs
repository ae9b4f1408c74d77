// One measured run: an office of its own, the app or one Chromium per SDR in it, and its figures.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cpuPercent, settledPssMb, untilPainted } from "./measure.mjs";
import { NaiveSession } from "./naive.mjs";
import {
  call,
  logLines,
  manager,
  morePeople,
  people,
  signIn,
  startApp,
  startServer,
  startSim,
  target,
} from "./office.mjs";
import { end, until } from "./processes.mjs";

export const quick = process.argv.includes("--quick");
export const idleSeconds = quick ? 15 : 60;
export const starts = quick ? 3 : 7;
export const singles = quick ? 30 : 100;
export const benchDir = join(target, "bench");
const profile = process.env.HOTDESK_PROFILE ?? "release";
const everybody = [...people, ...morePeople];
/** WebKit gives memory back some two minutes after a heavy page has loaded. */
const heavyRestMs = quick ? 10_000 : 130_000;
let serial = 0;

/** A fresh office: ten SDRs, no pacing, an empty queue. */
export async function office(name, { weight = "light", knobs = {} } = {}) {
  const dir = join(benchDir, name);
  mkdirSync(dir, { recursive: true });
  const server = await startServer(dir, {
    profile,
    messages: 0,
    seed: ["--sdrs", "10", "--gap-ms", "0"],
  });
  const sim = await startSim(dir, { profile, weight, knobs });
  const token = await signIn(server.url, manager);
  return { dir, server, sim, token };
}

export async function close({ server, sim }) {
  await end(server.entry);
  await end(sim.entry);
}

/** Queues one message to a lead of its own; answers the lead's number. */
export async function queue({ server, token }, sdr) {
  serial += 1;
  // The rehearsal knows no number that ends in 0404.
  const phone = `+55219${String(serial).padStart(7, "0")}1`;
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
export async function latencies(at, sdrs) {
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
async function throughput(at, sdrs, each = quick ? 30 : 100) {
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

/** One SDR with plenty to send and a rehearsal that answers at once: what being safe costs. */
export async function safety(screen) {
  const knobs = { ackMs: 0, deliveredMs: 0, readMs: 0, existsMs: 0, followChats: false };
  const at = await office("safety", { knobs });
  const { app } = await linkedApp(at, everybody.slice(0, 1), screen);
  const messages = quick ? 60 : 500;
  const rate = await throughput(at, everybody.slice(0, 1), messages);
  await until("all of it is reported", async () => {
    const { messages: open } = await call(at.server.url, "GET", "/api/messages?state=begun", {
      token: at.token,
    });
    return open.length === 0;
  });
  await end(app);
  await close(at);
  const spent = logLines(at.dir).find((entry) => entry.message === "The session ends");
  return {
    rate,
    calls: spent["queue.calls"] / messages,
    writes: spent["store.writes"] / messages,
    writing: spent["store.writing_ms"] / messages,
    way: spent["messages.way_ms"] / spent["messages.told"],
    waited: spent["store.waited_ms"] / messages,
    share: (100 * spent["store.waited_ms"]) / spent["messages.way_ms"],
  };
}

/** Waits until the server has heard from each SDR since `since` that they are connected. */
export async function untilConnected({ server }, sdrs, tokens, since) {
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
    { every: 20, seconds: 180 },
  );
  return performance.now();
}

/** The app in an office, its SDRs linked and connected. */
export async function linkedApp(at, sdrs, screen) {
  const tokens = await Promise.all(sdrs.map((sdr) => signIn(at.server.url, sdr.email)));
  const launch = () =>
    startApp(at.dir, { server: at.server.url, sim: at.sim.url, sdrs, env: screen.env, profile });
  const app = launch();
  await untilPainted(screen.framebuffer);
  await Promise.all(
    sdrs.map(async (sdr, i) => {
      const path = `/api/sdr/whatsapp/qr?sdrId=${sdr.sdrId}`;
      const qr = await until(
        `${sdr.sdrId} has a QR code`,
        () => call(at.server.url, "GET", path, { token: tokens[i] }),
        { seconds: 180, alive: [app] },
      );
      await call(at.sim.url, "POST", "/control/scan", { body: { qr: qr.value, phone: sdr.phone } });
    }),
  );
  await untilConnected(at, sdrs, tokens, 0);
  return { app, launch, tokens };
}

/** Ends and starts the app several times; how long until the first picture and the true states. */
async function measureStarts(at, sdrs, screen, { app: running, launch, tokens }) {
  const figures = { paint: [], ready: [] };
  let app = running;
  for (let i = 0; i < starts; i += 1) {
    await end(app);
    await pause(500);
    const [clock, since] = [performance.now(), Date.now()];
    app = launch();
    figures.paint.push((await untilPainted(screen.framebuffer)) - clock);
    figures.ready.push((await untilConnected(at, sdrs, tokens, since)) - clock);
  }
  return { app, figures };
}

/** The app with so many profiles. */
export async function hotdesk(count, screen, weight = "light") {
  const at = await office(`hotdesk-${count}-${weight}`, { weight });
  const sdrs = everybody.slice(0, count);
  const linked = await linkedApp(at, sdrs, screen);
  let { app } = linked;
  if (weight === "heavy") await pause(heavyRestMs);
  const figures = { pss: await settledPssMb([app.child.pid]) };
  if (count === 3 && weight === "light") {
    await pause(5000);
    figures.cpu = await cpuPercent([app.child.pid], idleSeconds);
    figures.latency = await latencies(at, sdrs);
  }
  if (count > 0 && weight === "light") figures.rate = await throughput(at, sdrs);
  if (count === 3) {
    const started = await measureStarts(at, sdrs, screen, linked);
    app = started.app;
    Object.assign(figures, started.figures);
  }
  await end(app);
  await close(at);
  return figures;
}

/** One Chromium per SDR, for so many SDRs. */
export async function naive(count, weight = "light") {
  const at = await office(`chromium-${count}-${weight}`, { weight });
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
  if (weight === "heavy") await pause(heavyRestMs);
  const figures = { pss: await settledPssMb(pids) };
  if (weight === "light") {
    if (count === 3) {
      await pause(5000);
      figures.cpu = await cpuPercent(pids, idleSeconds);
    }
    for (const one of sessions) one.start();
    if (count === 3) figures.latency = await latencies(at, sdrs);
    figures.rate = await throughput(at, sdrs);
    await Promise.all(sessions.map((one) => one.stop()));
  }
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
