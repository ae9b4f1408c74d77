// The page before its linking.
__d('SimQr', ['SimParts'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { el, notice } = require('SimParts');
  // undefined: none yet; null: used up; 'passkey'; { number } or { letters }: by phone number; else a code to scan.
  let code;
  let byNumber = null;
  let box;

  const again = () =>
    el('button', { class: 'again', 'data-testid': 'refresh-qr', onclick: () => require('WAWebCmd').Cmd.refreshQR() }, 'Click to reload QR code');

  async function askLetters(phone) {
    const api = require('WAWebAltDeviceLinkingApi');
    await api.initializeAltDeviceLinking();
    try {
      byNumber = { letters: await api.genLinkDeviceCodeForPhoneNumber(phone) };
    } catch {
      byNumber = { wrong: true };
    }
    fill();
  }
  function numberForm() {
    const input = el('input', { type: 'tel', placeholder: '+55 11 96000-0001', 'aria-label': 'Your phone number' });
    return el('div', { class: 'pairing' }, el('p', {}, byNumber.wrong ? 'That is not a phone number. Write it with its country code.' : 'Your phone number, with its country code'), input, el('button', { 'data-testid': 'pairing-next', onclick: () => askLetters(input.value) }, 'Next'));
  }
  const letters = () =>
    el('div', { class: 'pairing', 'data-link-code': [...byNumber.letters].join(',') }, el('p', {}, 'Type this code on the rehearsal phone'), el('span', { class: 'code' }, `${byNumber.letters.slice(0, 4)}-${byNumber.letters.slice(4)}`));
  const passkey = () =>
    el('div', { role: 'dialog', class: 'pairing', 'data-testid': 'passkey' }, el('b', {}, 'Confirm with your passkey'), el('p', {}, window.PublicKeyCredential ? 'This account wants its passkey before it links a device. On the rehearsal phone, confirm it or refuse it.' : 'This account wants its passkey before it links a device, and this browser has no passkeys.'));

  function fill() {
    if (!box) return;
    box.removeAttribute('data-ref');
    if (code === 'passkey') box.replaceChildren(passkey());
    else if (byNumber) box.replaceChildren(byNumber.letters ? letters() : numberForm());
    else if (code === undefined) box.replaceChildren(el('div', { class: 'spinner', 'aria-label': 'Loading' }));
    else if (code === null) box.replaceChildren(again());
    else {
      box.replaceChildren();
      box.setAttribute('data-ref', code.value);
      box.insertAdjacentHTML('beforeend', code.svg);
      box.querySelector('svg')?.setAttribute('aria-label', 'Scan this QR code to link a device');
      box.querySelector('svg')?.setAttribute('role', 'img');
    }
  }

  exports.show = (now) => {
    // New codes do not take the letters away while somebody types them.
    if (now === 'passkey') byNumber = null;
    code = now;
    if (!byNumber) fill();
  };
  function turn(button) {
    byNumber = byNumber ? null : {};
    button.textContent = byNumber ? 'Link with QR code' : 'Link with phone number';
    fill();
  }
  exports.screen = () => {
    byNumber = null;
    box = el('div', { class: 'qr' });
    fill();
    return el(
      'main',
      { class: 'landing' },
      el('header', {}, el('span', { class: 'mark small', 'aria-hidden': 'true' }), el('b', {}, 'Rehearsal WhatsApp')),
      el(
        'section',
        { class: 'card' },
        el(
          'div',
          {},
          el('h1', {}, 'Link this profile'),
          el('ol', {}, el('li', {}, 'Open the rehearsal phone (the page /phone of this server)'), el('li', {}, 'Choose the phone number of this profile'), el('li', {}, 'Scan this code with it')),
          el('button', { class: 'other', 'data-testid': 'link-other-way', onclick: ({ target }) => turn(target) }, 'Link with phone number'),
          notice(),
        ),
        box,
      ),
    );
  };
  require('WAWebCmd').Cmd.on('refresh_qr', () => {
    exports.show(undefined);
    require('SimLink').say({ type: 'refresh_qr' });
  });
}, 98);
