// The judge on a page that weighs what the real one weighs: its search then runs through eleven
// thousand modules.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { link, openProfile, reaches, startSim } from '../page/support.mjs';
import { call, inject } from './judge.mjs';

let sim;
let profile;
beforeAll(async () => {
  sim = await startSim(['--weight', 'heavy']);
  profile = await openProfile(sim);
  profile.page.setDefaultTimeout(60_000);
});
afterAll(async () => {
  await profile.close();
  await sim.stop();
});

test('on a heavy page wa-js becomes ready, runs most modules, and sends with a chosen id', async () => {
  const { page, context } = profile;
  const devtools = await context.newCDPSession(page);
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  const executed = () => page.evaluate(() => Object.values(window.require('__debug').modulesMap).filter((module) => module.executed).length);
  await link(sim, page, '+5511960000001');
  const before = { heap: await heap(), executed: await executed() };
  const began = Date.now();
  await inject(page);
  await page.waitForFunction(() => window.WPP.isFullReady);
  const ready = Date.now() - began;
  const key = 'true_5511970000001@c.us_3EB0000000000000000401';
  const sent = await call(page, 'chat.sendTextMessage', '5511970000001@c.us', 'Hello', { createChat: true, linkPreview: false, messageId: key });
  expect(sent.id, 'the chosen id').toBe(key);
  await reaches(page, key, 3);
  const after = { heap: await heap(), executed: await executed() };
  console.log(`wa-js on a heavy page: ready after ${ready} ms, ${before.executed} -> ${after.executed} modules run, ${before.heap.toFixed(0)} -> ${after.heap.toFixed(0)} MB of heap`);
  expect(after.executed, 'its search runs far more modules than the page').toBeGreaterThan(10_000);
  expect(after.heap - before.heap, 'and costs what was seen on the real page, 35 to 70 MB').toBeGreaterThan(30);
});
