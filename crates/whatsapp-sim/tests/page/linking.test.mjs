// Linking without a scan, files, and what a page does when nobody looks.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connected, link, openProfile, reaches, shownCode, startSim } from './support.mjs';

const JOHN = '+5511960000001';
const LEAD = '+5511970000001';
let sim;
let profiles = [];

const profile = async () => {
  const one = await openProfile(sim);
  profiles.push(one);
  return one;
};

beforeAll(async () => {
  sim = await startSim(['--ack-ms', '20', '--delivered-ms', '20', '--read-ms', '20']);
});
afterAll(() => sim.stop());
afterEach(async () => {
  for (const one of profiles) await one.close();
  profiles = [];
  await sim.post('knobs', { passkey: false, historyMessages: 0, refuseUploads: false, qrMuted: false });
  const { accounts } = await sim.get('state');
  for (const { phone, devices } of accounts) if (devices.length > 0) await sim.post('remove', { phone });
});

const rowsOf = async (id) => (await sim.get('history')).messages.filter((row) => row.waMessageId === id);

/** Sends a file as the page's own code does. */
const sendFile = (page, id, { text = 'an offer', name = 'offer.pdf', type = 'application/pdf', caption = 'The offer' } = {}) =>
  page.evaluate(
    async ([bareId, body, fileName, mime, words]) => {
      const { createWid } = window.require('WAWebWidFactory');
      const MsgKey = window.require('WAWebMsgKey').default;
      const { chat } = await window.require('WAWebFindChatAction').findOrCreateLatestChat(createWid('5511970000001@c.us'));
      const data = await window.require('WAWebMediaOpaqueData').default.createFromData(new File([body], fileName, { type: mime }), mime);
      const prep = window.require('WAWebPrepRawMedia').prepRawMedia(data, { asDocument: true });
      await prep.waitForPrep();
      const key = new MsgKey({ fromMe: true, remote: chat.id, id: bareId });
      const added = new Promise((resolve) => chat.msgs.on('add', (msg) => msg.id === key && resolve(msg)));
      window.sent = prep.sendToChat({ chat, options: { caption: words, productMsgOptions: { id: key } } });
      return (await added).id.toString();
    },
    [id, text, name, type, caption],
  );

describe('linking', () => {
  test('by a phone number: eight letters on the page, typed on the phone page', async () => {
    const { page, context } = await profile();
    await shownCode(page);
    await page.click('[data-testid=link-other-way]');
    await page.fill('.pairing input', '+55 11 96000-0007');
    await page.click('[data-testid=pairing-next]');
    const letters = (await (await page.waitForSelector('[data-link-code]')).getAttribute('data-link-code')).replaceAll(',', '');
    expect(await page.locator('div[data-ref]').count(), 'never both at once').toBe(0);
    const phone = await context.newPage();
    await phone.goto(`${sim.url}/phone`);
    await phone.fill('input[name=phone]', '+5511960000007');
    await phone.click('text=Use this number');
    await phone.fill('#pair input', letters.toLowerCase());
    await phone.click('#pair button');
    await connected(page);
  });

  test('says so when the account wants a passkey, and goes on when it is confirmed', async () => {
    await sim.post('knobs', { passkey: true });
    const { page } = await profile();
    await sim.post('scan', { qr: await shownCode(page), phone: JOHN });
    await page.waitForSelector('[data-testid=passkey][role=dialog]');
    expect(await page.evaluate(() => window.require('WAWebSocketModel').Socket.state)).toBe('PAIRING');
    await sim.post('passkey', { phone: JOHN, confirm: false });
    await shownCode(page);
    await sim.post('scan', { qr: await shownCode(page), phone: JOHN });
    await page.waitForSelector('[data-testid=passkey]');
    await sim.post('passkey', { phone: JOHN, confirm: true });
    await connected(page);
  });

  test('shows no code while codes are muted, and one as soon as they are not', async () => {
    await sim.post('knobs', { qrMuted: true });
    const { page } = await profile();
    await page.waitForSelector('.qr .spinner');
    expect(await page.locator('div[data-ref]').count()).toBe(0);
    await sim.post('knobs', { qrMuted: false });
    await shownCode(page);
  });

  test('takes twenty thousand old messages in and announces none as new', async () => {
    await sim.post('knobs', { historyMessages: 20_000 });
    const { page } = await profile();
    await page.evaluate(() => {
      window.fresh = 0;
      window.require('WAWebMsgCollection').MsgCollection.on('add', (msg) => {
        window.fresh += msg.isNewMsg ? 1 : 0;
      });
    });
    await link(sim, page, JOHN);
    expect(await page.evaluate(() => window.require('WAWebMsgCollection').MsgCollection.length)).toBeGreaterThanOrEqual(20_000);
    expect(await page.evaluate(() => window.fresh)).toBe(0);
  });
});

describe('a file', () => {
  test('shows in the chat with its caption and is sent once', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    const key = await sendFile(page, '3EB0000000000000000201');
    await reaches(page, key, 3);
    await page.click('[data-chat="5511970000001@c.us"]');
    await page.waitForSelector(`[data-id="${key}"]:has-text("offer.pdf"):has-text("The offer")`);
    await page.reload();
    await connected(page);
    expect((await rowsOf('3EB0000000000000000201')).map(({ kind, fileName }) => [kind, fileName])).toEqual([['document', 'offer.pdf']]);
  });

  test('that was written without a socket leaves after a reload, with its id and its bytes', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    await sim.post('socket', { phone: JOHN, online: false });
    await page.waitForFunction(() => window.require('WAWebStreamModel').Stream.info !== 'NORMAL');
    const key = await sendFile(page, '3EB0000000000000000202', { text: 'kept bytes' });
    await page.waitForFunction(async (wanted) => (await window.require('SimStorage').all('message')).some((row) => row.key === wanted), key);
    await page.reload();
    await sim.post('socket', { phone: JOHN, online: true });
    await connected(page);
    await reaches(page, key, 3);
    expect((await rowsOf('3EB0000000000000000202')).map(({ size }) => size), 'once, whole').toEqual([10]);
  });

  test('whose upload is refused is a failed send and never leaves', async () => {
    await sim.post('knobs', { refuseUploads: true });
    const { page } = await profile();
    await link(sim, page, JOHN);
    await sendFile(page, '3EB0000000000000000203');
    expect(await page.evaluate(async () => (await window.sent).messageSendResult)).toBe('ERROR_UPLOAD');
    expect(await rowsOf('3EB0000000000000000203')).toEqual([]);
  });
});

test('a page that has an update waiting reloads only once it is hidden', async () => {
  const { page } = await profile();
  await link(sim, page, JOHN);
  await page.evaluate(() => {
    window.same = true;
    // A headless browser hides nothing by itself.
    window.hide = () => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    };
  });
  await sim.post('page', { phone: JOHN, action: 'reload_when_hidden' });
  await page.waitForFunction(() => window.require('WAWebStreamModel').Stream.needsUpdate);
  expect(await page.evaluate(() => window.same), 'still the same page while it is seen').toBe(true);
  await page.evaluate(() => window.hide());
  await page.waitForFunction(() => window.same === undefined);
  await connected(page);
});

test('nothing of all this violated the page’s content policy', async () => {
  expect((await sim.get('state')).violations).toEqual([]);
});
