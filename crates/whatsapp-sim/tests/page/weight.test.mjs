// The heavy page weighs what the real one weighs, and works like the light one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { link, openProfile, reaches, send, startSim } from './support.mjs';

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

test('a heavy page runs four thousand modules of eleven thousand, keeps 60 MB, opens eleven databases, and sends', async () => {
  const { page, context, errors } = profile;
  await link(sim, page, '+5511960000001');
  const sent = await send(page, '+5511970000001', '3EB0000000000000000301', 'Hello');
  await reaches(page, sent.key, 3);
  const counted = await page.evaluate(async () => {
    const modules = Object.values(window.require('__debug').modulesMap);
    return { modules: modules.length, executed: modules.filter(({ executed }) => executed).length, databases: (await indexedDB.databases()).length };
  });
  expect(counted.modules, 'registered').toBeGreaterThan(11_000);
  expect(counted.executed, 'executed').toBeGreaterThan(4000);
  expect(counted.executed).toBeLessThan(4200);
  expect(counted.databases).toBe(11);
  const devtools = await context.newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const heap = (await devtools.send('Runtime.getHeapUsage')).usedSize;
  const text = await page.evaluate(() => performance.getEntriesByType('resource').reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0));
  console.log(`heavy page: ${(text / 1e6).toFixed(1)} MB of script, ${(heap / 1e6).toFixed(1)} MB of heap`);
  expect(text / 1e6, 'megabytes of script').toBeGreaterThan(60);
  expect(heap / 1e6, 'megabytes alive').toBeGreaterThan(55);
  expect(heap / 1e6).toBeLessThan(85);
  expect(errors).toEqual([]);
});
