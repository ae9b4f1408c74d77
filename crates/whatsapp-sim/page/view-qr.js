// The page before its linking.
__d('SimQr', ['SimParts'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { el, notice } = require('SimParts');
  let code;
  let box;

  function fill() {
    if (!box) return;
    box.replaceChildren();
    box.removeAttribute('data-ref');
    if (code === undefined) {
      box.append(el('div', { class: 'spinner', 'aria-label': 'Loading' }));
    } else if (code === null) {
      box.append(
        el('button', { class: 'again', 'data-testid': 'refresh-qr', onclick: () => require('WAWebCmd').Cmd.refreshQR() }, 'Click to reload QR code'),
      );
    } else {
      box.setAttribute('data-ref', code.value);
      box.insertAdjacentHTML('beforeend', code.svg);
      box.querySelector('svg')?.setAttribute('aria-label', 'Scan this QR code to link a device');
      box.querySelector('svg')?.setAttribute('role', 'img');
    }
  }

  exports.show = (now) => {
    code = now;
    fill();
  };
  exports.screen = () => {
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
