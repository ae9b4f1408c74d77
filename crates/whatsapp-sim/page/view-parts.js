// Small parts of the view: elements, icons, dialogs, avatars.
__d('SimParts', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const SVG = 'http://www.w3.org/2000/svg';
  const paths = {
    'msg-time': ['0 0 16 15', 'M8 1.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12Zm.7 6.3 2.3 1.4-.6 1-3-1.8V4h1.3z'],
    'msg-check': ['0 0 16 15', 'M13.4 3.2 6.5 10.9 3.2 7.9l-.9 1 4.3 3.9 7.8-8.7z'],
    'msg-dblcheck': ['0 0 18 15', 'm11.3 3.2-6.6 7.4-2.9-2.7-.9 1 3.9 3.6 7.5-8.4zm5 0-6.9 7.7-.9-.8-.9 1 1.9 1.7 7.8-8.7z'],
    'msg-error': ['0 0 16 15', 'M8 1a6.5 6.5 0 1 0 0 13A6.5 6.5 0 0 0 8 1Zm.7 9.8H7.3V9.4h1.4zm0-2.6H7.3V4h1.4z'],
    document: ['0 0 24 24', 'M6 2h8l5 5v15H6zm7.500 1.500V8H18z'],
    send: ['0 0 24 24', 'M3 20.5v-6.8L12.5 12 3 10.3V3.5L22 12z'],
    'new-chat': ['0 0 24 24', 'M4 4h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H8l-5 4V5a1 1 0 0 1 1-1Zm7 3v3H8v1.6h3v3h1.6v-3h3V10h-3V7z'],
    logout: ['0 0 24 24', 'M5 4h8v2H7v12h6v2H5zm11.2 4.2L20 12l-3.8 3.8-1.4-1.4 1.4-1.4H10v-2h6.200l-1.400-1.400z'],
  };
  const ticks = (msg) => {
    if (msg.ack < 0 || msg.isSendFailure) return ['msg-error', ' Failed '];
    if (msg.ack === 0) return ['msg-time', ' Pending '];
    if (msg.ack === 1) return ['msg-check', ' Sent '];
    return ['msg-dblcheck', msg.ack === 2 ? ' Delivered ' : ' Read '];
  };

  exports.el = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  exports.icon = (name, label) => {
    const [box, d] = paths[name];
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', box);
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
    return exports.el('span', { 'data-icon': name, 'aria-label': label, 'aria-hidden': label === undefined ? 'true' : undefined, class: 'icon' }, svg);
  };
  exports.size = (bytes) => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);
  exports.summary = (msg) => (msg.isMedia ? msg.caption || (msg.type === 'document' ? msg.filename : `[${msg.type}]`) : (msg.body ?? ''));
  exports.tick = (msg) => exports.icon(...ticks(msg));
  exports.time = (seconds) =>
    new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  exports.avatar = (chat) => {
    const digits = chat.id.user;
    const hue = Number(digits.slice(-2)) % 8;
    const letter = chat.name ? chat.name.trim()[0].toUpperCase() : digits.slice(-2);
    return exports.el('span', { class: `avatar hue-${hue}`, 'aria-hidden': 'true' }, letter);
  };
  exports.dialog = (text, ...buttons) => {
    const close = () => box.remove();
    const box = exports.el(
      'div',
      { class: 'veil' },
      exports.el(
        'div',
        { role: 'dialog', 'aria-modal': 'true', class: 'dialog' },
        ...(typeof text === 'string' ? [exports.el('p', {}, text)] : [text]),
        exports.el('div', { class: 'buttons' }, ...buttons.map(([label, act]) => exports.el('button', { onclick: () => { close(); act?.(); } }, label))),
      ),
    );
    document.body.append(box);
    return close;
  };
  exports.notice = () =>
    exports.el('p', { class: 'notice', role: 'note' }, 'Rehearsal: nothing written here reaches a real person.');
}, 98);
