// The judge of the rehearsal: the library that others drive the real page with must be able to
// drive this one. What fails here is a fault of the rehearsal, never of wa-js.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connected, link, reaches, shownCode, startSim } from '../page/support.mjs';
import { OFFER, PICTURE, call, heard, inject, judged, listen, versions } from './judge.mjs';

const JOHN = '+5511960000001';
const JANE = '+5511960000002';
const LEAD = '5511970000001@c.us';
const NOBODY = '5511970000404@c.us';
const key = (id) => `true_${LEAD}_${id}`;
let sim;

beforeAll(async () => {
  sim = await startSim(['--ack-ms', '20', '--delivered-ms', '50', '--read-ms', '50']);
});
afterAll(() => sim.stop());

const rowsOf = async (id) => (await sim.get('history')).messages.filter((row) => row.waMessageId === id);
const sha256 = (dataUrl) => createHash('sha256').update(Buffer.from(dataUrl.split(',')[1], 'base64')).digest('hex');
const file = (page, id, data, options) => call(page, 'chat.sendFileMessage', LEAD, data, { createChat: true, messageId: key(id), ...options });
const text = (page, id, words, options = {}) =>
  call(page, 'chat.sendTextMessage', LEAD, words, { createChat: true, linkPreview: false, messageId: key(id), ...options });

test('the judge is the version that the lock file names', async () => {
  const { installed, locked } = await versions();
  expect(installed, 'nobody judges with another version').toBe(locked);
});

describe('before the linking, wa-js', () => {
  let profile;
  let page;
  beforeAll(async () => {
    profile = await judged(sim);
    page = profile.page;
  });
  afterAll(() => profile.close());

  test('becomes ready on the QR page and finds the module registry', async () => {
    const state = await page.evaluate(() => ({ ready: window.WPP.isReady, loader: window.WPP.loader.loaderType }));
    expect(state).toEqual({ ready: true, loader: 'meta' });
  });

  test('meets no error of the page at its load', () => {
    expect(profile.thrown, 'every module it binds is there').toEqual([]);
  });

  test('says that nobody is logged in', async () => {
    expect(await call(page, 'conn.isAuthenticated')).toBe(false);
    expect(await call(page, 'conn.isRegistered')).toBe(false);
    expect(await call(page, 'conn.isMultiDevice'), 'the only kind there is').toBe(true);
  });

  test('tells no id while nobody is logged in', async () => {
    expect(await call(page, 'conn.getMyUserId')).toBe(undefined);
  });

  test('computes the very QR code that the page shows', async () => {
    const shown = await shownCode(page);
    const code = await call(page, 'conn.getAuthCode');
    expect(code.type).toBe('multidevice');
    expect(`https://wa.me/settings/linked_devices#${code.fullCode}`).toBe(shown);
  });

  test('refreshes the QR code and gets a new one', async () => {
    const before = await call(page, 'conn.getAuthCode');
    const after = await call(page, 'conn.refreshQR');
    expect(after.ref, 'another code').not.toBe(before.ref);
    await expect.poll(() => shownCode(page), 'and the page shows it').toContain(after.ref);
  });

  test('hears each new code while they change by themselves', async () => {
    await listen(page, 'conn.auth_code_change');
    await page.evaluate(() => window.require('WAWebCmd').Cmd.refreshQR());
    await expect.poll(async () => (await heard(page, 'conn.auth_code_change')).filter(Boolean).length).toBeGreaterThan(0);
  });

  test('hears the login, once the phone has scanned the code it computed', async () => {
    await listen(page, 'conn.authenticated');
    const { fullCode } = await call(page, 'conn.getAuthCode');
    await sim.post('scan', { qr: `https://wa.me/settings/linked_devices#${fullCode}`, phone: JANE });
    await connected(page);
    await expect.poll(async () => (await heard(page, 'conn.authenticated')).length).toBe(1);
    expect(await call(page, 'conn.isAuthenticated')).toBe(true);
    expect(await call(page, 'conn.isMainReady')).toBe(true);
  });
});

describe('on a linked page, wa-js', () => {
  let profile;
  let page;
  beforeAll(async () => {
    profile = await judged(sim);
    page = profile.page;
    await link(sim, page, JOHN, 'John');
    await page.waitForFunction(() => window.WPP.isFullReady);
  });
  afterAll(() => profile.close());

  test('tells the account by its phone number and by its lid', async () => {
    expect(await call(page, 'conn.getMyUserId')).toBe('5511960000001@c.us');
    expect(await call(page, 'conn.getMyUserLid')).toMatch(/^\d{15}@lid$/);
  });

  test('says that the page is online and needs no update', async () => {
    expect(await call(page, 'conn.isOnline')).toBe(true);
    expect(await call(page, 'conn.needsUpdate')).toBe(false);
  });

  test('finds a number that is on WhatsApp, with its lid', async () => {
    const found = await call(page, 'contact.queryExists', LEAD);
    expect(found).toMatchObject({ wid: LEAD, biz: false });
    expect(found.lid).toMatch(/^\d{15}@lid$/);
  });

  test('gets null for a number that is not on WhatsApp', async () => {
    expect(await call(page, 'contact.queryExists', NOBODY)).toBe(null);
  });

  test('sends a text with a chosen id and reports its way from clock to read', async () => {
    await listen(page, 'chat.msg_ack_change');
    const sent = await text(page, '3EB0000000000000000101', 'Good morning');
    expect(sent.id, 'the chosen id').toBe(key('3EB0000000000000000101'));
    expect(sent.sendMsgResult.messageSendResult).toBe('OK');
    const acks = async () =>
      (await heard(page, 'chat.msg_ack_change')).filter(({ ids }) => JSON.stringify(ids).includes('3EB0000000000000000101')).map(({ ack }) => ack);
    await expect.poll(acks, 'sent, delivered, read').toEqual([1, 2, 3]);
    const rows = await rowsOf('3EB0000000000000000101');
    expect(rows.map(({ account, to }) => [account, to]), 'one message left').toEqual([[JOHN, '+5511970000001']]);
  });

  test('is refused the same id again, and one message left', async () => {
    await text(page, '3EB0000000000000000102', 'once');
    await expect(text(page, '3EB0000000000000000102', 'twice')).rejects.toThrow('DuplicateMessageError');
    expect((await rowsOf('3EB0000000000000000102')).length).toBe(1);
  });

  test('sends a picture with a caption and a chosen id', async () => {
    const sent = await file(page, '3EB0000000000000000111', PICTURE, { type: 'image', caption: 'Our garden', filename: 'garden.png' });
    expect(sent.id, 'the chosen id').toBe(key('3EB0000000000000000111'));
    await reaches(page, sent.id, 3);
    const [row] = await rowsOf('3EB0000000000000000111');
    const caption = createHash('sha256').update('Our garden').digest('hex');
    expect(row).toMatchObject({ kind: 'image', fileName: 'garden.png', mimeType: 'image/png', size: 70, sha256: sha256(PICTURE), textHash: caption });
  });

  test('sends a document with a caption and a chosen id', async () => {
    const sent = await file(page, '3EB0000000000000000112', OFFER, { type: 'document', caption: 'The offer', filename: 'offer.pdf', waitForAck: true });
    expect(sent.sendMsgResult.messageSendResult).toBe('OK');
    const rows = await rowsOf('3EB0000000000000000112');
    expect(rows.length, 'one message left').toBe(1);
    expect(rows[0]).toMatchObject({ kind: 'document', fileName: 'offer.pdf', mimeType: 'application/pdf', size: 17, sha256: sha256(OFFER) });
  });

  test('finds out the kind of a file by itself', async () => {
    await file(page, '3EB0000000000000000113', PICTURE, {});
    await expect.poll(async () => (await rowsOf('3EB0000000000000000113')).map(({ kind }) => kind)).toEqual(['image']);
  });

  test('hangs on a file whose id is taken, as on the real page, and nothing leaves', async () => {
    const answer = await Promise.race([
      file(page, '3EB0000000000000000112', OFFER, { type: 'document', filename: 'offer.pdf' }),
      page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500, 'still waiting'))),
    ]);
    expect(answer).toBe('still waiting');
    expect((await rowsOf('3EB0000000000000000112')).length).toBe(1);
  });

  test('refuses a file above the upload limit by itself', async () => {
    const big = `data:image/png;base64,${Buffer.alloc(17 * 1024 * 1024, 1).toString('base64')}`;
    await expect(file(page, '3EB0000000000000000114', big, { type: 'image' })).rejects.toThrow('exceeds the upload limit');
  });

  test('does not wait for an ack when it is told not to', async () => {
    const sent = await text(page, '3EB0000000000000000103', 'quick', { waitForAck: false });
    expect(sent.ack, 'the clock').toBe(0);
    await reaches(page, sent.id, 3);
  });

  test('opens a chat by a phone number and lists it', async () => {
    const chats = await page.evaluate(async () => (await window.WPP.chat.list()).map(({ id }) => id.toString()));
    expect(chats).toContain(LEAD);
  });

  test('finds a message by its key', async () => {
    const body = await page.evaluate(async (id) => (await window.WPP.chat.getMessageById(id)).body, key('3EB0000000000000000101'));
    expect(body).toBe('Good morning');
  });

  test('hears a lead’s reply as a new message of that chat', async () => {
    await listen(page, 'chat.new_message');
    await sim.post('reply', { phone: JOHN, from: '+5511970000001', text: 'Yes please' });
    await expect
      .poll(async () => (await heard(page, 'chat.new_message')).map(({ body, from }) => [body, from]))
      .toContainEqual(['Yes please', LEAD]);
  });

  test('marks the chat as read', async () => {
    const unread = () => page.evaluate((id) => window.WPP.chat.get(id).unreadCount, LEAD);
    expect(await unread(), 'the reply waits').toBeGreaterThan(0);
    await call(page, 'chat.markIsRead', LEAD);
    expect(await unread()).toBe(0);
  });

  test('sees the socket go and come back in the stream’s info', async () => {
    await listen(page, 'conn.stream_info_changed');
    await sim.post('socket', { phone: JOHN, online: false });
    await expect.poll(() => heard(page, 'conn.stream_info_changed')).toContain('OFFLINE');
    expect(await call(page, 'conn.isAuthenticated'), 'which alone says nothing').toBe(true);
    await sim.post('socket', { phone: JOHN, online: true });
    await connected(page);
    expect((await heard(page, 'conn.stream_info_changed')).at(-1)).toBe('NORMAL');
  });

  test('hears that an update waits', async () => {
    await listen(page, 'conn.needs_update');
    await sim.post('page', { phone: JOHN, action: 'needs_update' });
    await expect.poll(async () => (await heard(page, 'conn.needs_update')).length).toBe(1);
    expect(await call(page, 'conn.needsUpdate')).toBe(true);
  });

  test('is ready again after a reload and refuses an id it sent before', async () => {
    await page.reload();
    await connected(page);
    await inject(page);
    await page.waitForFunction(() => window.WPP.isFullReady);
    await expect(text(page, '3EB0000000000000000102', 'again')).rejects.toThrow('DuplicateMessageError');
    expect((await rowsOf('3EB0000000000000000102')).length).toBe(1);
  });

  test('notices that the device is removed on the phone', async () => {
    const told = [];
    await page.exposeFunction('tell', (event) => told.push(event));
    await page.evaluate(() => {
      for (const event of ['conn.logout', 'conn.logout_reason']) window.WPP.on(event, () => window.tell(event));
    });
    await sim.post('remove', { phone: JOHN });
    await expect.poll(() => told).toContain('conn.logout');
    expect(told).toContain('conn.logout_reason');
    await page.waitForURL('**/?post_logout=1*');
    await shownCode(page);
  });

  test('met no error of the page on all this way', () => {
    expect(profile.thrown).toEqual([]);
  });
});

describe('by a pairing code, wa-js', () => {
  let profile;
  let page;
  beforeAll(async () => {
    profile = await judged(sim);
    page = profile.page;
  });
  afterAll(() => profile.close());

  test('generates eight characters for a phone number', async () => {
    expect(await call(page, 'conn.genLinkDeviceCodeForPhoneNumber', '5511960000003')).toMatch(/^[1-9A-HJ-NP-Z]{8}$/);
  });

  test('keeps a code for as long as it lives, and logs in once it is typed on the phone', async () => {
    const code = await call(page, 'conn.startLinkDeviceCodeForPhoneNumber', '5511960000003');
    expect(await call(page, 'conn.startLinkDeviceCodeForPhoneNumber', '5511960000003'), 'the same one').toBe(code);
    await listen(page, 'conn.authenticated');
    await sim.post('pair', { phone: '+5511960000003', code: `${code.slice(0, 4)}-${code.slice(4)}` });
    await connected(page);
    await expect.poll(async () => (await heard(page, 'conn.authenticated')).length).toBe(1);
    expect(await call(page, 'conn.getMyUserId')).toBe('5511960000003@c.us');
  });

  test('is refused a code once somebody is logged in', async () => {
    await expect(call(page, 'conn.genLinkDeviceCodeForPhoneNumber', '5511960000003')).rejects.toThrow('already authenticated');
  });
});

describe('with chats moved to lid, wa-js', () => {
  let profile;
  let page;
  beforeAll(async () => {
    await sim.post('knobs', { phone: '+5511960000004', lidChats: true });
    profile = await judged(sim);
    page = profile.page;
    await link(sim, page, '+5511960000004');
    await page.waitForFunction(() => window.WPP.isFullReady);
  });
  afterAll(() => profile.close());

  test('sends to a phone number and the message goes out under the lid', async () => {
    const sent = await call(page, 'chat.sendTextMessage', '5511970000088@c.us', 'Hello', { createChat: true, linkPreview: false });
    expect(sent.id).toMatch(/^true_\d{15}@lid_3EB0/);
    expect(sent.sendMsgResult.messageSendResult).toBe('OK');
    expect((await rowsOf(sent.id.split('_')[2])).map(({ to }) => to)).toEqual(['+5511970000088']);
  });
});

describe('at the end, wa-js', () => {
  let profile;
  beforeAll(async () => {
    profile = await judged(sim);
    await link(sim, profile.page, JOHN, 'John');
  });
  afterAll(() => profile.close());

  test('logs out by itself and the phone has no such device any more', async () => {
    expect(await call(profile.page, 'conn.logout')).toBe(true);
    await profile.page.waitForURL('**/?post_logout=1*');
    const { accounts } = await sim.get('state');
    expect(accounts.find(({ phone }) => phone === JOHN).devices).toEqual([]);
  });
});

test('nothing of all this violated the page’s content policy', async () => {
  expect((await sim.get('state')).violations).toEqual([]);
});
