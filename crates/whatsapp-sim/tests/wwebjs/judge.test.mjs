// The second judge of the rehearsal: the other library that people drive the real page with. What
// fails here is a fault of the rehearsal, never of whatsapp-web.js.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSim } from '../page/support.mjs';
import { openJudge, versions } from './judge.mjs';

const JOHN = '+5511960000001';
const LEAD = '5511970000001@c.us';
const NOBODY = '5511970000404@c.us';
const TEXT = 'Olá from the second judge 👋';
let sim;
let judge;

beforeAll(async () => {
  sim = await startSim(['--ack-ms', '20', '--delivered-ms', '50', '--read-ms', '50']);
  judge = await openJudge(sim);
});
afterAll(async () => {
  await judge?.close();
  await sim?.stop();
});

const told = (name) => judge.told.filter((one) => one.name === name);
const scan = () => sim.post('scan', { qr: told('qr').at(-1).what, phone: JOHN });
const times = (name, many) => expect.poll(() => told(name).length, { timeout: 20_000, message: name }).toBe(many);
const leftWith = async (id) => (await sim.get('history')).messages.filter((row) => row.waMessageId === id);

test('the judge is the version that the lock file names', async () => {
  const { installed, locked } = await versions();
  expect(installed, 'nobody judges with another version').toBe(locked);
});

test('it computes the code that the page shows, with its platform behind it', async () => {
  const shown = async () => (await sim.get('state')).qr[0]?.value;
  await expect.poll(async () => `https://wa.me/settings/linked_devices#${told('qr').at(-1)?.what}` === `${await shown()},1`).toBe(true);
});

test('it is authenticated and ready once the phone has scanned that code', async () => {
  expect(told('ready'), 'not before').toEqual([]);
  await scan();
  await times('ready', 1);
  expect(told('authenticated')).toHaveLength(1);
  expect(judge.client.info.wid._serialized).toBe('5511960000001@c.us');
  expect(await judge.client.getState()).toBe('CONNECTED');
});

test('it tells who is on WhatsApp and under which id', async () => {
  expect(await judge.client.getNumberId('5511970000001')).toMatchObject({ _serialized: LEAD });
  expect(await judge.client.isRegisteredUser(LEAD)).toBe(true);
  expect(await judge.client.getNumberId('5511970000404'), 'not on WhatsApp').toBe(null);
  expect(await judge.client.isRegisteredUser(NOBODY)).toBe(false);
});

test('its message leaves once and is ticked up to read', async () => {
  const sent = await judge.client.sendMessage(LEAD, TEXT);
  expect(sent.id).toMatchObject({ fromMe: true, remote: LEAD });
  expect(sent.body).toBe(TEXT);
  const acks = () => told('message_ack').filter(({ what }) => what.id.id === sent.id.id).map(({ more }) => more);
  await expect.poll(acks).toEqual([1, 2, 3]);
  const textHash = createHash('sha256').update(TEXT).digest('hex');
  expect(await leftWith(sent.id.id)).toMatchObject([{ account: JOHN, to: '+5511970000001', textHash }]);
});

test('its message to a number that is not on WhatsApp gets no tick and goes nowhere', async () => {
  const sent = await judge.client.sendMessage(NOBODY, TEXT, { waitUntilMsgSent: true });
  expect(sent.ack).toBe(0);
  expect(await leftWith(sent.id.id)).toEqual([]);
});

test('it hears what a lead answers', async () => {
  await sim.post('reply', { phone: JOHN, from: '+5511970000001', text: 'Oi!' });
  await expect.poll(() => told('message').map(({ what }) => [what.from, what.body])).toEqual([[LEAD, 'Oi!']]);
});

test('none of its listeners has met an error of the page', () => {
  expect(judge.errors).toEqual([]);
});

test('it has tried nothing that the page’s policy forbids', async () => {
  const violations = async () => (await sim.get('state')).cspViolations;
  expect(await violations()).toBe(0);
  await judge.client.pupPage.evaluate(() => fetch('https://example.com/').catch(() => {}));
  await expect.poll(violations, 'else it would be told').toBe(1);
});

test('it notices that the phone has removed it, and is ready again after another scan', async () => {
  const codes = told('qr').length;
  await sim.post('remove', { phone: JOHN });
  await times('disconnected', 1);
  expect(told('disconnected')[0].what).toBe('LOGOUT');
  await expect.poll(() => told('qr').length, { timeout: 20_000 }).toBeGreaterThan(codes);
  await scan();
  await times('ready', 2);
  expect(told('auth_failure')).toEqual([]);
});

test('it logs out, and the phone knows', async () => {
  const linked = async () => (await sim.get('state')).accounts.map(({ devices }) => devices.length);
  expect(await linked(), 'until then').toEqual([1]);
  await judge.client.logout();
  await expect.poll(linked).toEqual([0]);
});
