// The sample office on this machine: queue server, rehearsal WhatsApp, a screen, the desktop app.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lineFrom, start, until } from "./processes.mjs";

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** Where cargo builds. */
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");

/** The sample office's people; each links an account of their own. */
export const people = [
  { sdrId: "john", name: "John", email: "john@hotdesk.example", phone: "+5511960000001" },
  { sdrId: "jane", name: "Jane", email: "jane@hotdesk.example", phone: "+5511960000002" },
  { sdrId: "bob", name: "Bob", email: "bob@hotdesk.example", phone: "+5511960000003" },
];
/** Further ones, for measurements. */
export const morePeople = ["alice", "carol", "david", "emma", "frank", "grace", "henry"].map(
  (sdrId, i) => ({
    sdrId,
    email: `${sdrId}@hotdesk.example`,
    phone: `+551196000${String(i + 4).padStart(4, "0")}`,
  }),
);
export const password = "hotdesk-demo";
/** What the SDRs of an office unlock with. */
export const demoPin = "246810";
export const manager = "manager@hotdesk.example";
export const admin = "admin@hotdesk.example";

/** The path of one of our programs. */
export function program(name, profile = "debug") {
  return join(target, profile, name);
}

/** One JSON call; throws with the server's words when it says no. */
export async function call(base, method, path, { token, body } = {}) {
  const answer = await fetch(base + path, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  if (!answer.ok) {
    const error = new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    error.status = answer.status;
    throw error;
  }
  return text === "" ? null : JSON.parse(text);
}

/** A bearer token for one of the office's people; sending needs a desktop's. */
export async function signIn(server, email, desktopId) {
  const body = { email, password, desktopId };
  return (await call(server, "POST", "/api/sender/auth", { body })).token;
}

const databaseOf = (dir) => join(dir, "server.db");

/** Where Debian keeps initdb and pg_ctl, of the newest version. */
function postgresPrograms() {
  const versions = "/usr/lib/postgresql";
  const all = existsSync(versions) ? readdirSync(versions).sort((a, b) => a - b) : [];
  if (all.length === 0) throw new Error("PostgreSQL was not found in /usr/lib/postgresql");
  return join(versions, all.at(-1), "bin");
}

/** Starts a PostgreSQL that is gone with this script; answers the address of an empty database. */
export async function startPostgres() {
  const dir = mkdtempSync(join(tmpdir(), "hotdesk-pg-"));
  const script = join(root, "scripts/lib/postgres.sh");
  const entry = start("postgres", "sh", [script, postgresPrograms(), dir], { held: true });
  await lineFrom(entry, /^(ready)$/, { seconds: 120 });
  return `postgres:///postgres?host=${dir}&user=postgres`;
}

/** Starts the queue server on what is in the folder, on a free port unless one is named. */
export async function serve(dir, { profile, port = 0, database = databaseOf(dir) } = {}) {
  const entry = start(
    "hotdesk-server",
    program("hotdesk-server", profile),
    [
      ...["serve", "--listen", `127.0.0.1:${port}`],
      ...["--database", database, "--files-dir", join(dir, "server.db-files")],
    ],
    { log: join(dir, "server.log") },
  );
  const [, url] = await lineFrom(entry, /listening on (http:\/\/\S+)/);
  return { entry, url };
}

/** Seeds and starts the queue server. */
export async function startServer(
  dir,
  { messages = 30, seed = [], profile, database = databaseOf(dir) } = {},
) {
  const seeded = spawnSync(
    program("hotdesk-server", profile),
    [
      ...["seed", "--database", database, "--sample-office"],
      ...["--messages", String(messages), ...seed],
    ],
    { encoding: "utf8" },
  );
  if (seeded.status !== 0)
    throw new Error(`the sample office could not be seeded\n${seeded.stderr || seeded.error}`);
  return serve(dir, { profile, database });
}

/** Starts the rehearsal WhatsApp; its pages are light unless asked for otherwise. */
export async function startSim(dir, { profile, weight = "light", knobs = {} } = {}) {
  const entry = start(
    "whatsapp-sim",
    program("whatsapp-sim", profile),
    ["--listen", "127.0.0.1:0", "--data", join(dir, "whatsapp"), "--weight", weight].concat([
      "--knobs",
      JSON.stringify(knobs),
    ]),
    { log: join(dir, "whatsapp.log") },
  );
  const [, url] = await lineFrom(entry, /listening on (http:\/\/\S+)/);
  return { entry, url };
}

/**
 * A screen without a screen: X server, window manager, D-Bus and keyring of its own, under a home
 * of its own, so that nothing of the person's desktop is touched. Answers the environment. In
 * `framebuffer` the X server keeps the screen's pixels as a file.
 */
export async function startScreen(dir, { size = "1280x800", framebuffer } = {}) {
  // Short, because a socket's path may have 107 bytes only.
  const runtime = mkdtempSync(join(tmpdir(), "hd-"));
  process.on("exit", () => rmSync(runtime, { recursive: true, force: true }));
  const home = join(dir, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const env = {
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_STATE_HOME: join(home, ".local/state"),
    XDG_CURRENT_DESKTOP: "",
    WAYLAND_DISPLAY: null,
    DBUS_SESSION_BUS_ADDRESS: null,
    GDK_BACKEND: "x11",
    NO_AT_BRIDGE: "1",
    GTK_A11Y: "none",
    WEBKIT_DISABLE_DMABUF_RENDERER: "1",
    LIBGL_ALWAYS_SOFTWARE: "1",
  };
  const x = start(
    "Xvfb",
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", `${size}x24`, "-nolisten", "tcp"].concat(
      framebuffer ? ["-fbdir", framebuffer] : [],
    ),
    {
      env,
      log: join(dir, "xvfb.log"),
      extraFd: true,
    },
  );
  const [, number] = await lineFrom(x, /^(\d+)$/, { stream: x.child.stdio[3] });
  env.DISPLAY = `:${number}`;
  const bus = start(
    "dbus-daemon",
    "dbus-daemon",
    ["--session", "--nofork", "--print-address", `--address=unix:dir=${runtime}`],
    {
      env,
      log: join(dir, "dbus.log"),
    },
  );
  [, env.DBUS_SESSION_BUS_ADDRESS] = await lineFrom(bus, /^(unix:\S+)/);
  start("openbox", "openbox", ["--sm-disable"], { env, log: join(dir, "openbox.log") });
  const keyring = start(
    "gnome-keyring-daemon",
    "gnome-keyring-daemon",
    ["--foreground", "--unlock", "--components=secrets"],
    {
      env,
      log: join(dir, "keyring.log"),
      input: "rehearsal",
    },
  );
  await until(
    "the keyring is on the bus",
    () =>
      spawnSync(
        "dbus-send",
        [
          "--session",
          "--print-reply",
          "--dest=org.freedesktop.DBus",
          "/",
          "org.freedesktop.DBus.GetNameOwner",
          "string:org.freedesktop.secrets",
        ],
        { env: { ...process.env, ...env } },
      ).status === 0,
    { alive: [keyring] },
  );
  return env;
}

/** Writes the app's configuration and starts it. */
export function startApp(dir, { server, sim, sdrs = people, env = {}, profile, name = "hotdesk" }) {
  const lines = [
    `server_url = ${JSON.stringify(server)}`,
    `data_dir = ${JSON.stringify(join(dir, "desktop"))}`,
  ];
  if (sim) {
    lines.push(`whatsapp_url = ${JSON.stringify(sim)}`, "rehearsal = true");
    for (const { email } of sdrs) {
      lines.push(
        "",
        "[[rehearsal_sign_in]]",
        `email = ${JSON.stringify(email)}`,
        `password = ${JSON.stringify(password)}`,
        `pin = ${JSON.stringify(demoPin)}`,
      );
    }
  }
  const config = join(dir, "hotdesk.toml");
  writeFileSync(config, `${lines.join("\n")}\n`, { mode: 0o600 });
  return start(name, program("hotdesk", profile), ["--config", config], {
    env: { HOTDESK_DATA_DIR: null, ...env },
    log: join(dir, "desktop.log"),
  });
}

/** SHA-256 of a text, as in the history. */
export function textHash(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** The app's log of an office. */
export function logLines(dir) {
  const logs = join(dir, "desktop", "logs");
  return readdirSync(logs)
    .toSorted()
    .flatMap((name) => readFileSync(join(logs, name), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
