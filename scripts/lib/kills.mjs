// Real processes killed at random while they send: the app, its web and network processes, the
// queue server. The rehearsal WhatsApp is never touched: its history is the judge.
//
// usage: node scripts/lib/kills.mjs [--messages 600] [--kills 30] [--seed N]
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { departuresOf, verdict } from "./judge.mjs";
import { tree } from "./measure.mjs";
import {
  call,
  manager,
  people,
  serve,
  signIn,
  startApp,
  startScreen,
  startServer,
  startSim,
  target,
} from "./office.mjs";
import { end, run, until } from "./processes.mjs";
import { seeded } from "./seeded.mjs";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "600" },
    kills: { type: "string", default: "30" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [messages, kills, seed] = [+values.messages, +values.kills, +values.seed];
/** A run of so many is reported beside the usual one. */
const LONG_RUN_KILLS = 1000;
const dir = join(target, "delivery", "kills");
const TARGETS = ["app", "web process", "network process", "server"];
/** Between two blows. Short enough to meet a start that is not over, long enough to get on. */
const [LEAST_MS, MOST_MS] = [200, 5000];
/** A page killed within a second of its link goes to review (docs/DELIVERY.md): three at once would fill a short run's share. */
const FRESH_LINK_MS = 2000;
/** After the last blow everything must have come to an end within this time. */
const HORIZON_S = 900;
/** How long a person looks whether a message in review is in WhatsApp after all. */
const LOOK_MS = 20_000;

/** The ids of the app's processes of one name. */
function processesOf(app, name) {
  return tree(app.child.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, "latin1").startsWith(name);
    } catch {
      return false;
    }
  });
}

/** Kills one process by its id; false if there is none to kill. */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

class Office {
  constructor(env) {
    this.env = env;
  }

  async open() {
    this.server = await startServer(dir, {
      messages,
      seed: ["--gap-ms", "0", "--daily-messages", "1000000"],
    });
    this.sim = await startSim(dir, { knobs: { ackMs: 20, deliveredMs: 40, readMs: 60 } });
    this.startApp();
    const sdrs = await Promise.all(
      people.map(async (one) => ({ ...one, token: await signIn(this.server.url, one.email) })),
    );
    await Promise.all(
      sdrs.map(async (sdr) => {
        const path = `/api/sdr/whatsapp/qr?sdrId=${sdr.sdrId}`;
        const qr = await until(
          `${sdr.sdrId} has a QR code`,
          () => call(this.server.url, "GET", path, { token: sdr.token }),
          { seconds: 90, alive: [this.app] },
        );
        const body = { qr: qr.value, phone: sdr.phone };
        await call(this.sim.url, "POST", "/control/scan", { body });
      }),
    );
  }

  startApp() {
    this.app = startApp(dir, { server: this.server.url, sim: this.sim.url, env: this.env });
  }

  /** One blow; false where there was nothing to strike. */
  async strike(what, random) {
    const oneOf = (all) => all[Math.floor(random() * all.length)];
    switch (what) {
      case "app":
        await end(this.app, "SIGKILL");
        this.startApp();
        return true;
      case "server": {
        const { port } = new URL(this.server.url);
        await end(this.server.entry, "SIGKILL");
        this.server = await serve(dir, { port });
        return true;
      }
      case "web process":
        return this.killOne(oneOf, "WebKitWebProces");
      case "network process":
        return this.killOne(oneOf, "WebKitNetworkPr");
      default:
        throw new Error(`nothing is called ${what}`);
    }
  }

  killOne(oneOf, name) {
    const found = processesOf(this.app, name);
    return found.length > 0 && kill(oneOf(found));
  }

  async departures() {
    return (await call(this.sim.url, "GET", "/control/history")).messages;
  }

  /** Every message as the server has it, page by page. */
  async queued() {
    this.token ??= await signIn(this.server.url, manager);
    const all = [];
    for (let after = 0; ; ) {
      const { messages: page } = await call(
        this.server.url,
        "GET",
        `/api/messages?after=${after}`,
        { token: this.token },
      );
      if (page.length === 0) return all;
      all.push(...page);
      after = page.at(-1).seq;
    }
  }
}

const isOver = ({ state }) =>
  ["sent", "delivered", "read", "failed", "dead", "cancelled"].includes(state);

/**
 * A person's part. A session that has stopped with a reason goes on after a start of the app. A
 * message in review, which holds up its chat, is looked for in WhatsApp for a while, then decided.
 */
class Person {
  constructor(office) {
    this.office = office;
    this.since = new Map();
    this.decided = { sent: 0, resend: 0 };
  }

  async decide(all) {
    const { departures } = departuresOf(await this.office.departures(), all);
    for (const { messageId, generation, state } of all) {
      if (state !== "review") {
        this.since.delete(messageId);
        continue;
      }
      if (!this.since.has(messageId)) this.since.set(messageId, performance.now());
      const decision = departures.get(messageId).length > 0 ? "sent" : "resend";
      if (decision === "resend" && performance.now() - this.since.get(messageId) < LOOK_MS)
        continue;
      await call(this.office.server.url, "POST", `/api/messages/${messageId}/decision`, {
        token: this.office.token,
        body: { decision, generation },
      });
      this.decided[decision] += 1;
    }
  }

  async untilOver() {
    let [open, since] = [Infinity, performance.now()];
    return until(
      "every message has come to an end",
      async () => {
        const all = await this.office.queued();
        await this.decide(all);
        const now = all.filter((one) => !isOver(one)).length;
        if (now < open) [open, since] = [now, performance.now()];
        if (now > 0 && performance.now() - since > 60_000) {
          await end(this.office.app);
          this.office.startApp();
          since = performance.now();
        }
        return now === 0 && all;
      },
      { seconds: HORIZON_S, every: 1000 },
    );
  }
}

await run(async () => {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const random = seeded(seed);
  console.log(`kills: ${messages} messages, ${kills} kills, seed ${seed}`);
  const office = new Office(await startScreen(dir));
  await office.open();
  const struck = Object.fromEntries(TARGETS.map((name) => [name, 0]));
  const startedAt = performance.now();
  await pause(FRESH_LINK_MS);
  for (let done = 0; done < kills; ) {
    await pause(LEAST_MS + random() * (MOST_MS - LEAST_MS));
    const what = TARGETS[Math.floor(random() * TARGETS.length)];
    if (await office.strike(what, random)) {
      struck[what] += 1;
      done += 1;
      if (done % 10 === 0)
        console.log(`  ${done} kills, ${(await office.departures()).length} left`);
    }
  }
  const person = new Person(office);
  const all = await person.untilOver();
  const accounts = new Map(people.map((one) => [one.sdrId, one.phone]));
  const seen = verdict(await office.departures(), all, accounts);
  const of = (state) => all.filter((one) => one.state === state).length;
  const claimed = all.filter((one) => ["sent", "delivered", "read"].includes(one.state));
  const { departures } = departuresOf(await office.departures(), all);
  const report = {
    seed,
    messages: all.length,
    kills: struck,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    sent: seen.sent,
    duplicates: seen.duplicates,
    wrongSession: seen.wrongSession,
    strangers: seen.strangers,
    // Neither with WhatsApp nor named to a person.
    lost: all.filter((one) => one.state === "cancelled" || one.state === "dead").length,
    saidSentAndNotThere: claimed.filter((one) => departures.get(one.messageId).length === 0).length,
    review: person.decided.sent + person.decided.resend,
    decided: person.decided,
    failed: of("failed"),
  };
  const file = kills < LONG_RUN_KILLS ? "kills.json" : "kills-long.json";
  writeFileSync(join(target, "delivery", file), `${JSON.stringify(report, null, 2)}\n`);
  console.log(report);
  const bad =
    report.duplicates +
    report.wrongSession +
    report.strangers +
    report.lost +
    report.saidSentAndNotThere +
    report.failed;
  const good = bad === 0 && report.messages === messages && report.review <= messages / 100;
  console.log(`kills: ${good ? "passed" : `FAILED; again with --seed ${seed}`}`);
  return good ? 0 : 1;
});
