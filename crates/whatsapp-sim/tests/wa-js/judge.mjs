// Puts the unmodified @wppconnect/wa-js of the lock file into a rehearsal page. It goes in through
// the browser's debugger, as a person would paste it into the console: the page's content policy
// stays in force for everything else and nothing of wa-js is adapted.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { openProfile, shownCode } from '../page/support.mjs';

const require = createRequire(import.meta.url);
const file = require.resolve('@wppconnect/wa-js');

/** The version in the package and the version the lock file names. */
export async function versions() {
  const root = new URL('../../../../', import.meta.url);
  const lock = JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8'));
  const own = JSON.parse(await readFile(new URL('node_modules/@wppconnect/wa-js/package.json', root), 'utf8'));
  return { installed: own.version, locked: lock.packages['node_modules/@wppconnect/wa-js'].version };
}

/** Injects wa-js and waits until it says that it is ready. Its own settings keep it off the network. */
export async function inject(page) {
  await page.evaluate(() => {
    window.WPPConfig = { disableGoogleAnalytics: true, linkPreviewApiServers: [] };
  });
  await page.evaluate(await readFile(file, 'utf8'));
  await page.waitForFunction(() => window.WPP?.isReady);
}

/** A fresh profile that shows its QR code, with wa-js in it. */
export async function judged(sim) {
  const profile = await openProfile(sim);
  const thrown = [];
  profile.page.on('pageerror', (error) => thrown.push(String(error)));
  await shownCode(profile.page);
  await inject(profile.page);
  return { ...profile, thrown };
}

/** Calls one function of wa-js by its path and gives back what it answers, or its error's words. */
export const call = (page, path, ...parts) =>
  page.evaluate(
    async ([name, given]) => {
      const [room, what] = name.split('.');
      const answer = await window.WPP[room][what](...given);
      return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
    },
    [path, parts],
  );

/** Keeps every occurrence of an event of wa-js in the page. */
export const listen = (page, event) =>
  page.evaluate((name) => {
    window.heard ??= {};
    window.heard[name] = [];
    window.WPP.on(name, (what) => window.heard[name].push(what === undefined ? null : JSON.parse(JSON.stringify(what))));
  }, event);

export const heard = (page, event) => page.evaluate((name) => window.heard[name], event);

/** A picture of one pixel and a small document, as data URLs. */
export const PICTURE = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const OFFER = `data:application/pdf;base64,${Buffer.from('%PDF-1.4 an offer').toString('base64')}`;
