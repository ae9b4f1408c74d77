// The sample office at a queue server of its own, and browsers that look at its dashboard.
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const BINARY = fileURLToPath(new URL("../../../target/debug/hotdesk-server", import.meta.url));
const PASSWORD = "hotdesk-demo";
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A test id as a selector. */
export const id = (name) => `[data-testid="${name}"]`;

/** A queue server with so many messages of the sample office, and one browser. */
export class Office {
  static async open(messages) {
    const office = new Office();
    office.folder = await mkdtemp(join(tmpdir(), "hotdesk-dashboard-"));
    const database = ["--database", join(office.folder, "queue.sqlite")];
    const sample = ["--sample-office", "--messages", String(messages)];
    const seeded = spawnSync(BINARY, ["seed", ...database, ...sample], { encoding: "utf8" });
    if (seeded.status !== 0) throw new Error(seeded.stderr);
    office.child = spawn(BINARY, ["serve", ...database, "--listen", "127.0.0.1:0"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    office.url = await new Promise((resolve, reject) => {
      office.child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
      createInterface({ input: office.child.stdout }).on("line", (line) => {
        const found = /listening on (http:\S+)/.exec(line)?.[1];
        if (found) resolve(found);
      });
    });
    office.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    return office;
  }

  async close() {
    await this.browser.close();
    this.child.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A browser of somebody's own at the dashboard, not signed in. */
  async visit() {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(this.url);
    await page.locator(id("sign-in")).waitFor();
    return page;
  }

  /** The same, signed in: `manager` or an SDR. */
  async signedIn(who) {
    const page = await this.visit();
    await signIn(page, who, PASSWORD);
    await page.locator(id("sdr")).first().waitFor();
    return page;
  }

  /** A desktop of an SDR, which calls the server as the app does. */
  async desktop(sdr) {
    const body = {
      email: `${sdr}@hotdesk.example`,
      password: PASSWORD,
      desktopId: `desktop-of-${sdr}`,
    };
    const { token } = await this.call("POST", "/api/sender/auth", { body });
    const of = { sdrId: sdr, desktopId: body.desktopId };
    const as = (method, path, more) => this.call(method, path, { token, body: { ...of, ...more } });
    const session = (state, more) => ({ state, connected: state === "connected", ...more });
    return {
      claim: () => as("POST", "/api/sender/claim", { limit: 1, waitSeconds: 0 }),
      tells: (state, more) => as("PUT", "/api/sdr/whatsapp/session", session(state, more)),
      shows: (value) => as("POST", "/api/sdr/whatsapp/qr", { value, expiresInMs: 20_000 }),
    };
  }

  async call(method, path, { token, body }) {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}

/** Types e-mail and password and sends them. */
export async function signIn(page, who, password) {
  await page.locator(id("email")).fill(`${who}@hotdesk.example`);
  await page.locator(id("password")).fill(password);
  await page.locator(id("sign-in")).click();
}

/** Goes to a page by the navigation. */
export async function goTo(page, name) {
  await page.locator(id(`nav-${name}`)).click();
}

/** What axe-core finds that is serious. */
export async function barriers(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { preload: false, resultTypes: ["violations"] }),
  );
  const serious = ({ impact }) => impact === "serious" || impact === "critical";
  return found.violations.filter(serious).map(({ id: rule, nodes }) => `${rule}: ${nodes[0].html}`);
}
