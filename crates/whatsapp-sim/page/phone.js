// The phone page: what a person holds in the hand while Hotdesk shows the QR code.
(() => {
  const $ = (id) => document.getElementById(id);
  let mine = localStorage.getItem('phone') ?? '';
  let lead = '';
  let stamp = '';
  let quiet;

  const el = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'onclick') element.addEventListener('click', value);
      else element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };
  const tell = (text) => {
    $('told').textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(() => $('told').replaceChildren(), 5000);
  };
  async function ask(path, body) {
    const answer = await fetch(`/control/${path}`, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const value = await answer.json();
    if (!answer.ok) throw new Error(value.message);
    return value;
  }
  const act = (path, body, done) =>
    ask(path, body).then(() => {
      tell(done);
      return refresh();
    }, (error) => tell(error.message));
  const choose = (phone) => {
    mine = phone;
    lead = '';
    localStorage.setItem('phone', phone);
    refresh();
  };
  const scan = (qr) => (mine ? act('scan', { qr, phone: mine }, `Linked to ${mine}.`) : tell('Choose a phone number first.'));

  function drawAccounts(accounts) {
    const known = accounts.some(({ phone }) => phone === mine);
    const all = mine && !known ? [...accounts, { phone: mine, name: 'New phone', devices: [], left: 0 }] : accounts;
    $('accounts').replaceChildren(
      ...all.map(({ phone, name, devices, left }) =>
        el('button', { class: 'row', 'aria-current': String(phone === mine), 'data-phone': phone, onclick: () => choose(phone) }, el('i', { class: `dot ${devices.some((it) => it.online) ? 'on' : ''}` }), el('span', {}, phone, el('small', {}, `${name} · ${devices.length} linked · ${left} sent`)))),
    );
  }
  function drawCodes(codes) {
    $('link-hint').textContent = mine ? `Scanning with ${mine}.` : 'Choose a phone on the left, or type a new number.';
    $('codes').replaceChildren(
      ...codes.map((code) =>
        el('div', { class: 'row', role: 'listitem' }, el('span', {}, `QR code on page ${code.connection}`, el('small', {}, `code ${code.index} of 6 · ${code.reference.slice(0, 18)}…`)), el('button', { 'data-scan': code.reference, onclick: () => scan(code.value) }, 'Scan')),
      ),
    );
  }
  function drawPasskeys(phones) {
    const answer = (phone, confirm) => act('passkey', { phone, confirm }, confirm ? `Linked to ${phone}.` : 'Refused; the page shows QR codes again.');
    $('passkeys').replaceChildren(
      ...phones.map((phone) =>
        el('div', { class: 'row', role: 'listitem' }, el('span', {}, `${phone} wants its passkey`), el('button', { 'data-passkey': 'confirm', onclick: () => answer(phone, true) }, 'Confirm'), el('button', { class: 'quiet', 'data-passkey': 'refuse', onclick: () => answer(phone, false) }, 'Refuse')),
      ),
    );
  }
  function drawDevices(account) {
    $('devices').replaceChildren(
      ...(account?.devices ?? []).map(({ device, online, linkedAtMs, waiting }) =>
        el('div', { class: 'row', role: 'listitem' }, el('i', { class: `dot ${online ? 'on' : ''}` }), el('span', {}, `Device ${device}`, el('small', {}, `${online ? 'connected' : 'not connected'} · linked ${new Date(linkedAtMs).toLocaleString()}${waiting ? ` · ${waiting} waiting` : ''}`)), el('button', { class: 'quiet', 'data-remove': String(device), onclick: () => act('remove', { phone: mine, device }, `Device ${device} removed.`) }, 'Remove')),
      ),
    );
  }
  function drawChats(messages) {
    const chats = new Map();
    for (const message of messages) chats.set(message.lead, message);
    if (!lead && chats.size > 0) lead = messages.at(-1).lead;
    $('chats').replaceChildren(
      ...[...chats.values()]
        .sort((one, other) => other.atMs - one.atMs)
        .map((last) =>
          el('button', { class: 'row', 'aria-current': String(last.lead === lead), onclick: () => { lead = last.lead; stamp = ''; refresh(); } }, el('span', {}, last.lead, el('small', {}, `${last.fromMe ? 'You: ' : ''}${last.body}`)))),
    );
    $('messages').replaceChildren(
      ...messages.filter((message) => message.lead === lead).map(({ fromMe, body, file }) => el('p', { class: fromMe ? 'mine' : '' }, file ? `[${file.fileName}] ${body}` : body)),
    );
    $('messages').scrollTop = $('messages').scrollHeight;
    const from = $('reply').elements.from;
    if (lead && document.activeElement !== from) from.value = lead;
  }
  async function refresh() {
    const state = await ask('state').catch(() => null);
    if (!state) return tell('The rehearsal does not answer. Is it still running?');
    const { messages } = mine ? await ask(`chats?phone=${encodeURIComponent(mine)}`) : { messages: [] };
    const now = JSON.stringify([state.accounts, state.qr, state.passkey, messages.length, mine, lead]);
    if (now === stamp) return;
    stamp = now;
    drawAccounts(state.accounts);
    drawCodes(state.qr);
    drawPasskeys(state.passkey);
    drawDevices(state.accounts.find(({ phone }) => phone === mine));
    drawChats(messages);
  }

  $('accounts').dataset.empty = 'No phone yet: type a number below.';
  $('codes').dataset.empty = 'No page shows a QR code now.';
  $('devices').dataset.empty = 'No linked devices.';
  $('chats').dataset.empty = 'No chats yet.';
  const onSubmit = (id, then) =>
    $(id).addEventListener('submit', (event) => {
      event.preventDefault();
      then(event.target.elements);
    });
  onSubmit('new-phone', ({ phone }) => { choose(phone.value); phone.value = ''; });
  onSubmit('paste', ({ qr }) => { scan(qr.value); qr.value = ''; });
  onSubmit('pair', ({ code }) => {
    if (!mine) return tell('Choose a phone number first.');
    act('pair', { phone: mine, code: code.value }, `Linked to ${mine}.`);
    code.value = '';
  });
  onSubmit('reply', ({ from, text }) => {
    if (!mine) return tell('Choose a phone number first.');
    lead = from.value;
    act('reply', { phone: mine, from: from.value, text: text.value }, 'Sent as the lead.');
    text.value = '';
  });
  refresh();
  setInterval(refresh, 1000);
})();
