// The second judge of the rehearsal: the other library that people drive the real page with. What
// fails here is a fault of the rehearsal, never of whatsapp-web.js.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSim } from '../page/support.mjs';
import { openJudge, versions } from './judge.mjs';

const JOHN = '+5511960000001';
const LEAD = '5511970000001@c.us';
const TEXT = 'Olá from the second judge 👋';
let sim;
let judge;

beforeAll(async () => {
  sim = await startSim(['--ack-ms', '20', '--delivered-ms', '50', '--read-ms', '50']);
  judge = await openJudge(sim);
});
afterAll(async () => {
  await judge?.close();
  await sim.stop();
});

test('the judge is the version that the lock file names', async () => {
  const { installed, locked } = await versions();
  expect(installed, 'nobody judges with another version').toBe(locked);
});

test('it computes the code that the page shows', async () => {
  const last = () => `https://wa.me/settings/linked_devices#${judge.of('qr').at(-1)?.what}`;
  const shown = async () => (await sim.get('state')).qr[0]?.value;
  await expect.poll(async () => last() === `${await shown()},1`, 'with its platform behind it').toBe(true);
});

test('it is authenticated and ready once the phone has scanned that code', async () => {
  expect(judge.of('ready'), 'not before').toEqual([]);
  const code = judge.of('qr').at(-1).what;
  await sim.post('scan', { qr: `https://wa.me/settings/linked_devices#${code}`, phone: JOHN });
  await expect.poll(() => judge.of('ready').length, { timeout: 20_000 }).toBe(1);
  expect(judge.of('authenticated')).toHaveLength(1);
  expect(judge.of('auth_failure')).toEqual([]);
  expect(judge.client.info.wid._serialized).toBe('5511960000001@c.us');
});

test('it tells who is on WhatsApp and under which id', async () => {
  expect(await judge.client.isRegisteredUser(LEAD)).toBe(true);
  expect(await judge.client.isRegisteredUser('5511970000404@c.us')).toBe(false);
  expect(await judge.client.getNumberId('5511970000001')).toMatchObject({ _serialized: LEAD });
});

test('its message leaves once and is ticked up to read', async () => {
  const sent = await judge.client.sendMessage(LEAD, TEXT);
  expect(sent.id).toMatchObject({ fromMe: true, remote: LEAD });
  const acks = () => judge.of('message_ack').filter(({ what }) => what.id.id === sent.id.id).map(({ more }) => more);
  await expect.poll(acks).toEqual([1, 2, 3]);
  const textHash = createHash('sha256').update(TEXT).digest('hex');
  expect((await sim.get('history')).messages).toMatchObject([{ waMessageId: sent.id.id, account: JOHN, to: '+5511970000001', textHash }]);
});

test('it hears what a lead answers', async () => {
  await sim.post('reply', { phone: JOHN, from: '+5511970000001', text: 'Oi!' });
  await expect.poll(() => judge.of('message').map(({ what }) => [what.from, what.body])).toEqual([[LEAD, 'Oi!']]);
});

test('it has tried nothing that the page’s policy forbids', async () => {
  expect((await sim.get('state')).violations).toEqual([]);
  await judge.client.pupPage.evaluate(() => fetch('https://example.com/').catch(() => {}));
  await expect.poll(async () => (await sim.get('state')).cspViolations, 'else it would be told').toBe(1);
});

test('it logs out, and the phone knows', async () => {
  await judge.client.logout();
  await expect.poll(async () => (await sim.get('state')).accounts.map(({ devices }) => devices)).toEqual([[]]);
});
