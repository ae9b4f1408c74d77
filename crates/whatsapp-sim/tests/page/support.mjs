// Starts a rehearsal and browsers on it. HOTDESK_SIM names the program; by default the debug build.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const program = process.env.HOTDESK_SIM ?? join(target, 'debug', 'whatsapp-sim');

export async function startSim(args = [], data) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'whatsapp-sim-')));
  const child = spawn(program, ['--data', folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the rehearsal ended with ${code}`)));
    child.stdout.once('data', (line) => resolve(String(line).match(/listening on (\S+)/)[1]));
  });
  const ask = async (path, body) => {
    const answer = await fetch(`${url}/control/${path}`, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };
  const halt = (signal = 'SIGTERM') =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', resolve);
      child.kill(signal);
    });
  return {
    url,
    folder,
    get: async (path) => (await ask(path)).body,
    post: async (path, body) => {
      const { status, body: answer } = await ask(path, body);
      if (status !== 200) throw new Error(`${path}: ${status} ${answer.message}`);
      return answer;
    },
    ask,
    halt,
    stop: async () => {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** One profile: a folder of its own, so that it can be closed, killed and opened again. */
export async function openProfile(sim, folder) {
  const profile = folder ?? (await mkdtemp(join(tmpdir(), 'whatsapp-profile-')));
  const context = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', args: flags, viewport: { width: 1100, height: 760 } });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(15_000);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(sim.url);
  return { page, context, errors, folder: profile, close: async () => { await context.close(); await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }); } };
}

/** What the code on the page says, once there is one. */
export async function shownCode(page) {
  return (await page.waitForSelector('div[data-ref]')).getAttribute('data-ref');
}

export const connected = (page) =>
  page.waitForFunction(() => {
    try {
      const { Stream } = window.require('WAWebStreamModel');
      return Stream.mode === 'MAIN' && Stream.info === 'NORMAL' && window.require('WAWebUserPrefsIsLoggedIn').isLoggedIn();
    } catch {
      return false;
    }
  });

export async function link(sim, page, phone, name) {
  await sim.post('scan', { qr: await shownCode(page), phone, name });
  await connected(page);
}

/** Sends a text with a chosen id, as the bridge does. */
export const send = (page, phone, id, text) =>
  page.evaluate(
    async ([user, bareId, body]) => {
      const { createWid } = window.require('WAWebWidFactory');
      const MsgKey = window.require('WAWebMsgKey').default;
      const exists = await window.require('WAWebQueryExistsJob').queryWidExists(createWid(`${user}@c.us`));
      if (!exists) return { exists: false };
      const { chat } = await window.require('WAWebFindChatAction').findOrCreateLatestChat(exists.wid);
      const me = window.require('WAWebUserPrefsMeUser').getMaybeMePnUser();
      try {
        const [added] = window.require('WAWebSendMsgChatAction').addAndSendMsgToChat(chat, {
          id: new MsgKey({ fromMe: true, remote: chat.id, id: bareId }),
          ack: 0, body, type: 'chat', from: me, to: chat.id, t: window.require('WATimeUtils').unixTime(), self: 'out', local: true, isNewMsg: true,
        });
        const msg = await added;
        return { exists: true, key: msg.id.toString(), ack: msg.ack };
      } catch (error) {
        return { exists: true, error: error.name };
      }
    },
    [phone.replace('+', ''), id, text],
  );

export const reaches = (page, key, ack) =>
  page.waitForFunction(
    ([id, least]) => {
      try {
        return window.require('WAWebMsgCollection').MsgCollection.get(id)?.ack >= least;
      } catch {
        return false;
      }
    },
    [key, ack],
  );

export const ackOf = (page, key) =>
  page.evaluate((id) => window.require('WAWebMsgCollection').MsgCollection.get(id)?.ack, key);
