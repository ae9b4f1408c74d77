// The demo: starts the sample office, links three accounts, waits until thirty messages have
// arrived, and takes its figures from the simulated WhatsApp's own history.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { judge } from "./judge.mjs";
import {
  admin,
  call,
  demoPin,
  logLines,
  manager,
  password,
  people,
  signIn,
  startApp,
  startPostgres,
  startScreen,
  startServer,
  startSim,
  target,
} from "./office.mjs";
import { run, until } from "./processes.mjs";

const known = ["--headless", "--manual", "--real", "--keep", "--postgres"];
const wishes = new Set(process.argv.slice(2));
const demoDir = join(target, "demo");
const dir = join(demoDir, wishes.has("--real") ? "real" : "office");
const say = (line) => console.log(line);

/** Takes a picture of the whole screen, when there is one of our own. */
function picture(env, name) {
  if (!wishes.has("--headless")) return;
  const file = join(demoDir, `${name}.png`);
  const done = spawnSync("import", ["-window", "root", file], { env: { ...process.env, ...env } });
  if (done.status !== 0) throw new Error(`no screenshot ${name}: ${done.stderr}`);
  say(`  picture ${file}`);
}

/** The office's SDRs as the server knows them, with a token each. */
async function sdrsAt(server) {
  return Promise.all(
    people.map(async (one) => ({ ...one, token: await signIn(server, one.email) })),
  );
}

function qrOf(server, sdr) {
  return call(server, "GET", `/api/sdr/whatsapp/qr?sdrId=${sdr.sdrId}`, { token: sdr.token }).catch(
    (error) => {
      if (error.status === 404) return null;
      throw error;
    },
  );
}

/** The SDR's WhatsApp session as the server knows it. */
async function sessionOf(server, sdr) {
  const answer = await call(server, "GET", `/api/sender/queue?sdrId=${sdr.sdrId}`, {
    token: sdr.token,
  });
  return answer.session;
}

async function link(server, sim, env, app) {
  const sdrs = await sdrsAt(server.url);
  const alive = [app, server.entry, sim.entry];
  const codes = await until(
    "each of the three profiles shows its own QR code",
    async () => {
      const all = await Promise.all(sdrs.map((sdr) => qrOf(server.url, sdr)));
      return (
        new Set(all.map((one) => one?.value)).size === sdrs.length && all.every(Boolean) && all
      );
    },
    { seconds: 90, alive },
  );
  say(`three profiles, three QR codes; each SDR is locked: unlock with the PIN ${demoPin}`);
  await unlock(env, app);
  await settled(env);
  picture(env, "1-qr");
  if (wishes.has("--manual")) {
    say(`Scan them yourself: open ${sim.url}/phone in a browser, or press "scan" there.`);
  } else {
    await Promise.all(
      sdrs.map((sdr, i) =>
        call(sim.url, "POST", "/control/scan", {
          body: { qr: codes[i].value, phone: sdr.phone, name: sdr.name },
        }),
      ),
    );
  }
  await until(
    "all three SDRs are connected",
    async () => {
      const sessions = await Promise.all(sdrs.map((sdr) => sessionOf(server.url, sdr)));
      return sessions.every((session) => session?.connected);
    },
    { seconds: wishes.has("--manual") ? 3600 : 90, alive },
  );
  say("three SDRs connected");
  picture(env, "2-connected");
}

/** Unlocks the first SDR, as a person would: the field for the PIN has the focus. */
async function unlock(env, app) {
  if (!wishes.has("--headless")) return;
  const press = (...args) => spawnSync("xdotool", args, { env: { ...process.env, ...env } });
  await until(
    "the first SDR is unlocked",
    () => {
      press("type", demoPin);
      press("key", "Return");
      return logLines(dir).some(({ message }) => message === "The window was unlocked");
    },
    { seconds: 30, every: 1000, alive: [app] },
  );
}

/** Waits until the screen shows the same picture twice, so that none is taken half drawn. */
async function settled(env) {
  if (!wishes.has("--headless")) return;
  let before = Buffer.alloc(0);
  await until(
    "the window is drawn",
    () => {
      const seen = spawnSync("import", ["-window", "root", "-depth", "8", "rgb:-"], {
        env: { ...process.env, ...env },
        maxBuffer: 1 << 26,
      }).stdout;
      const same = seen.equals(before);
      before = seen;
      return same;
    },
    { seconds: 10, every: 250 },
  ).catch(() => {});
}

/** Which account belongs to which SDR: as scanned here, or as the person scanned by hand. */
async function linkedAccounts(server) {
  if (!wishes.has("--manual")) return new Map(people.map((one) => [one.sdrId, one.phone]));
  const sdrs = await sdrsAt(server.url);
  const sessions = await Promise.all(sdrs.map((sdr) => sessionOf(server.url, sdr)));
  return new Map(sdrs.map((sdr, i) => [sdr.sdrId, sessions[i]?.phone]));
}

async function deliver(server, sim, env, app, startedAt) {
  const alive = [app, server.entry, sim.entry];
  const token = await signIn(server.url, manager);
  const accounts = await linkedAccounts(server);
  const verdict = () => judge(sim.url, server.url, token, accounts);
  let pictured = false;
  const last = await until(
    "all messages are delivered",
    async () => {
      const now = await verdict();
      if (!pictured && now.sent * 3 >= now.expected) {
        pictured = true;
        picture(env, "3-sending");
      }
      return now.delivered >= now.expected && now;
    },
    { seconds: 180, every: 150, alive },
  ).catch(async (error) => {
    console.error(error.message);
    return verdict();
  });
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  await until(
    "the server knows that they are delivered",
    async () =>
      (await call(server.url, "GET", "/api/messages", { token })).messages.every((one) =>
        ["delivered", "read"].includes(one.state),
      ),
    { seconds: 30, alive },
  );
  await settled(env);
  picture(env, "4-done");
  // Once more at the very end: a late duplicate counts too.
  return { ...(await verdict()), seconds, complete: last.delivered >= last.expected };
}

async function real() {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const server = await startServer(dir, { messages: 0 });
  say("This opens the real WhatsApp Web. Nothing is queued; nothing leaves unless you queue it.");
  say(`Sign in as ${people.map((one) => one.email).join(", ")}; the password is ${password}.`);
  say("Then scan the QR code with the phone whose WhatsApp is to be linked.");
  say(
    `Queue a message as ${manager} at ${server.url}/api/messages; the sample leads' numbers are invented, use your own.`,
  );
  say(`The profiles stay in ${dir} until you unlink them in the app and delete that folder.`);
  const app = startApp(dir, { server: server.url });
  const code = await app.exited;
  if (code !== 0) console.error(app.lastWords.join(""));
  return code === 0 ? 0 : 1;
}

async function rehearse() {
  rmSync(demoDir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const headless = wishes.has("--headless");
  const env = headless ? await startScreen(dir) : {};
  const database = wishes.has("--postgres") ? await startPostgres() : undefined;
  const server = await startServer(dir, { database });
  const sim = await startSim(dir);
  say(
    `queue server and dashboard ${server.url} (${manager} or ${admin}, ${password})\nrehearsal WhatsApp ${sim.url} (the phone: ${sim.url}/phone)`,
  );
  const startedAt = performance.now();
  const app = startApp(dir, { server: server.url, sim: sim.url, env });
  await link(server, sim, env, app);
  const seen = await deliver(server, sim, env, app, startedAt);
  if (seen.strangers > 0) say(`${seen.strangers} messages left that no queue had asked for`);
  const line = `demo: ${seen.sent} sent, ${seen.delivered} delivered, ${seen.duplicates} duplicates, ${seen.wrongSession} through a wrong session, in ${seen.seconds} s`;
  if (!headless) {
    say("All done; the app stays open. Quit it, or press Ctrl+C here.");
    await app.exited;
  } else if (wishes.has("--keep")) {
    say(`Still running on display ${env.DISPLAY}; Ctrl+C ends it.`);
    await app.exited;
  }
  say(line);
  const good = seen.complete && seen.sent === 30 && seen.delivered === 30;
  return good && seen.duplicates + seen.wrongSession + seen.strangers === 0 ? 0 : 1;
}

await run(async () => {
  const odd = [...wishes].filter((wish) => !known.includes(wish));
  if (odd.length > 0) {
    console.error(`unknown: ${odd.join(" ")} (see scripts/demo --help)`);
    return 2;
  }
  if (!wishes.has("--headless") && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    console.error("There is no screen here. Use scripts/demo --headless.");
    return 2;
  }
  return wishes.has("--real") ? real() : rehearse();
});
