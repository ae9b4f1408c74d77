// A profile's whole life in a real browser: link, send, hear back, survive, be removed.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ackOf, connected, link, openProfile, reaches, send, shownCode, startSim } from './support.mjs';

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
  sim = await startSim();
});
afterAll(() => sim.stop());
afterEach(async () => {
  // Two profiles of one test may share a folder: it goes once the last of them is closed.
  for (const one of profiles) await one.context.close();
  for (const one of profiles) await one.close();
  profiles = [];
  await sim.post('knobs', { ack: 'normal', hangCalls: [], lidChats: false });
  const { accounts } = await sim.get('state');
  for (const { phone, devices } of accounts) if (devices.length > 0) await sim.post('remove', { phone });
});

const rowsOf = async (id) =>
  (await sim.get('history')).messages.filter((row) => row.waMessageId === id);

describe('a profile', () => {
  test('shows a QR code that a phone can scan, and is then connected as that account', async () => {
    const { page, errors } = await profile();
    const code = await shownCode(page);
    expect(code, 'the value a phone expects').toMatch(/^https:\/\/wa\.me\/settings\/linked_devices#2@[0-9A-F]+,/);
    expect(await page.locator('div[data-ref] svg').count(), 'and it is drawn').toBe(1);
    await link(sim, page, JOHN, 'John');
    const me = await page.evaluate(() => window.require('WAWebUserPrefsMeUser').getMaybeMeDevicePn().toString());
    expect(me, 'the account and its device').toMatch(/^5511960000001:\d+@c\.us$/);
    await page.waitForSelector('#side');
    await page.waitForSelector('#pane-side');
    expect(errors, 'and no error on the console').toEqual([]);
  });

  test('sends with a chosen id, climbs to read, refuses the id again, and one message left', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    const sent = await send(page, LEAD, '3EB0000000000000000001', 'Hello');
    expect(sent.key, 'the chosen id').toBe('true_5511970000001@c.us_3EB0000000000000000001');
    await reaches(page, sent.key, 3);
    const again = await send(page, LEAD, '3EB0000000000000000001', 'Hello');
    expect(again.error, 'the same id is refused').toBe('DuplicateMessageError');
    await page.reload();
    await connected(page);
    const afterwards = await send(page, LEAD, '3EB0000000000000000001', 'Hello');
    expect(afterwards.error, 'also after a reload').toBe('DuplicateMessageError');
    const rows = await rowsOf('3EB0000000000000000001');
    expect(rows.length, 'one message left').toBe(1);
    expect(rows[0], 'through John to the lead').toMatchObject({ account: JOHN, to: LEAD });
  });

  test('shows its ticks in the open chat and lets a person type', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    const sent = await send(page, LEAD, '3EB0000000000000000002', 'Hello');
    await page.click('[data-chat="5511970000001@c.us"]');
    await page.waitForSelector(`[data-id="${sent.key}"] span[data-icon="msg-dblcheck"][aria-label=" Read "]`);
    await page.click('footer div[contenteditable=true][data-tab="10"]');
    await page.keyboard.type('Typed by hand');
    await page.click('button[data-tab="11"]');
    await page.waitForSelector('.message-out:has-text("Typed by hand") span[data-icon="msg-dblcheck"]');
  });

  test('hears a lead’s reply as an incoming message of that chat', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    await page.evaluate(() => {
      window.heard = new Promise((resolve) => {
        window.require('WAWebMsgCollection').MsgCollection.on('add', (msg) => resolve({ body: msg.body, fromMe: msg.id.fromMe, from: msg.from.toString(), isNewMsg: msg.isNewMsg }));
      });
    });
    await sim.post('reply', { phone: JOHN, from: LEAD, text: 'Yes please' });
    expect(await page.evaluate(() => window.heard)).toEqual({ body: 'Yes please', fromMe: false, from: '5511970000001@c.us', isNewMsg: true });
    await page.waitForSelector('.unread');
  });

  test('knows a number that is not on WhatsApp', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    expect(await send(page, '+5511970000404', '3EB0000000000000000003', 'x')).toEqual({ exists: false });
    await page.goto(`${sim.url}/send?phone=5511970000404&text=hello`);
    await page.waitForSelector('div[role=dialog]:has-text("The number +5511970000404 isn\'t on WhatsApp.")');
  });

  test('fills the compose box from a /send link and sends nothing by itself', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    const before = (await sim.get('history')).messages.length;
    await page.goto(`${sim.url}/send?phone=5511970000001&text=Good%20morning`);
    await page.waitForSelector('footer div[contenteditable=true]:has-text("Good morning")');
    expect((await sim.get('history')).messages.length, 'nothing left').toBe(before);
  });

  test('keeps its login over a reload and over a kill of the whole browser', async () => {
    const one = await profile();
    await link(sim, one.page, JOHN);
    const sent = await send(one.page, LEAD, '3EB0000000000000000004', 'Hello');
    await reaches(one.page, sent.key, 3);
    await one.page.reload();
    await connected(one.page);
    expect(await ackOf(one.page, sent.key), 'its messages too').toBe(3);
    const browser = await one.context.newCDPSession(one.page);
    const gone = new Promise((resolve) => one.context.once('close', resolve));
    await browser.send('Browser.crash').catch(() => {});
    await gone;
    const two = await openProfile(sim, one.folder);
    profiles.push(two);
    await connected(two.page);
    expect(await ackOf(two.page, sent.key), 'and after a kill').toBe(3);
  });

  test('goes back to the QR code with its storage cleared when it is removed on the phone', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    await page.evaluate(() => {
      window.require('WAWebBackendEventBus').BackendEventBus.on('starting_logout', () => sessionStorage.setItem('heard', 'yes'));
    });
    const loggedOut = page.waitForSelector('text=Logging out');
    await sim.post('remove', { phone: JOHN });
    await loggedOut;
    expect(await page.evaluate(() => window.require('WAWebUserPrefsIsLoggedIn').isLoggedIn()), 'at once').toBe(false);
    await page.waitForURL('**/?post_logout=1*');
    await shownCode(page);
    expect(await page.evaluate(() => [document.cookie, localStorage.length]), 'nothing is left').toEqual(['', 0]);
    await link(sim, page, '+5511960000002');
  });

  test('logs out from the page and is unlinked on the phone', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    await page.evaluate(() => window.require('WAWebSocketModel').Socket.logout());
    await page.waitForURL('**/?post_logout=1*');
    await shownCode(page);
    const { accounts } = await sim.get('state');
    expect(accounts.find(({ phone }) => phone === JOHN).devices, 'no device is left').toEqual([]);
  });
});

describe('when something goes wrong', () => {
  test('a message written while the socket is down leaves once, with its id, after the reconnect', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    await send(page, LEAD, '3EB0000000000000000010', 'first');
    await sim.post('socket', { phone: JOHN, online: false });
    await page.waitForFunction(() => window.require('WAWebStreamModel').Stream.info !== 'NORMAL');
    const key = await page.evaluate(async () => {
      const chat = window.require('WAWebChatCollection').ChatCollection.get('5511970000001@c.us');
      const data = await window.require('WAWebSendTextMsgChatAction').createTextMsgData(chat, 'second');
      const [added] = window.require('WAWebSendMsgChatAction').addAndSendMsgToChat(chat, data);
      return (await added).id.toString();
    });
    expect(await ackOf(page, key), 'it waits').toBe(0);
    expect(await page.evaluate(() => window.require('WAWebUserPrefsIsLoggedIn').isLoggedIn()), 'still logged in').toBe(true);
    await page.reload();
    await sim.post('socket', { phone: JOHN, online: true });
    await connected(page);
    await reaches(page, key, 3);
    expect((await rowsOf(key.split('_')[2])).length, 'it left once').toBe(1);
  });

  test('a lost ack is settled by sending again with the same id, and one message left', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    await sim.post('knobs', { ack: 'lost_ack' });
    const sent = await send(page, LEAD, '3EB0000000000000000011', 'Hello');
    await expect.poll(async () => (await rowsOf('3EB0000000000000000011')).length).toBe(1);
    expect(await ackOf(page, sent.key), 'the page knows nothing').toBe(0);
    await sim.post('knobs', { ack: 'normal' });
    await sim.post('page', { phone: JOHN, action: 'reload' });
    await reaches(page, sent.key, 3);
    expect((await rowsOf('3EB0000000000000000011')).length, 'still one').toBe(1);
  });

  test('a refusal is ack -1 and a failed send', async () => {
    const { page } = await profile();
    await link(sim, page, JOHN);
    await sim.post('knobs', { ack: 'refused' });
    const sent = await send(page, LEAD, '3EB0000000000000000012', 'Hello');
    await page.waitForFunction((key) => window.require('WAWebMsgCollection').MsgCollection.get(key).ack === -1, sent.key);
    expect((await rowsOf('3EB0000000000000000012')).length, 'nothing left').toBe(0);
  });

  test('a dropped, a renamed and a throwing module are gone for others while the page goes on', async () => {
    await sim.post('knobs', { dropModules: ['WAWebSendMsgChatAction'], renameModules: { WAWebQueryExistsJob: 'WAWebQueryExistsTask' }, throwModules: ['WAWebMsgKey'] });
    const { page } = await profile();
    await shownCode(page);
    const tried = await page.evaluate(() =>
      ['WAWebSendMsgChatAction', 'WAWebQueryExistsJob', 'WAWebQueryExistsTask', 'WAWebMsgKey'].map((name) => {
        try {
          return Object.keys(window.require(name)).length > 0;
        } catch (error) {
          return error.message;
        }
      }),
    );
    await sim.post('knobs', { dropModules: [], renameModules: {}, throwModules: [] });
    expect(tried).toEqual([
      'Requiring unknown module "WAWebSendMsgChatAction"',
      'Requiring unknown module "WAWebQueryExistsJob"',
      true,
      'Module "WAWebMsgKey" failed to execute',
    ]);
  });

  test('the same profile in two windows: the older one says so and can take over again', async () => {
    const { page, context } = await profile();
    await link(sim, page, JOHN);
    const second = await context.newPage();
    await second.goto(sim.url);
    await connected(second);
    await page.waitForSelector('div[role=dialog]:has-text("open in another window")');
    expect(await page.evaluate(() => window.require('WAWebStreamModel').Stream.mode)).toBe('CONFLICT');
    await page.click('button:has-text("Use here")');
    await connected(page);
    await second.waitForSelector('text=open in another window');
  });

  test('chats moved to lid: the key carries the lid, the history the lead', async () => {
    await sim.post('knobs', { lidChats: true });
    const { page } = await profile();
    await link(sim, page, '+5511960000003');
    const sent = await send(page, '+5511970000077', '3EB0000000000000000013', 'Hello');
    expect(sent.key).toMatch(/^true_\d{15}@lid_3EB0000000000000000013$/);
    await reaches(page, sent.key, 3);
    expect((await rowsOf('3EB0000000000000000013'))[0].to).toBe('+5511970000077');
  });
});

test('the phone page links, removes and answers for a person', async () => {
  const { page, context } = await profile();
  await shownCode(page);
  const phone = await context.newPage();
  await phone.goto(`${sim.url}/phone`);
  await phone.fill('input[name=phone]', '+5511960000009');
  await phone.click('text=Use this number');
  await phone.click('[data-scan]');
  await connected(page);
  await phone.fill('#reply input[name=from]', LEAD);
  await phone.fill('#reply input[name=text]', 'Written by the lead');
  await phone.click('#reply button');
  await page.waitForSelector('.chat:has-text("Written by the lead")');
  await phone.click('[data-remove]');
  await page.waitForURL('**/?post_logout=1*');
});

test('nothing of all this violated the page’s content policy', async () => {
  expect((await sim.get('state')).violations).toEqual([]);
});
