// The list of chats.
__d('SimChatList', ['SimParts', 'WAWebChatCollection', 'WAWebMsgCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { el, icon, tick, time, avatar, dialog, notice, summary } = require('SimParts');
  const { ChatCollection } = require('WAWebChatCollection');
  const { MsgCollection } = require('WAWebMsgCollection');
  const { Stream } = require('WAWebStreamModel');
  const rows = new Map();
  let list;
  let planned = false;

  function fill(row, chat) {
    const last = chat.preview;
    const stamp = `${last?.id} ${last?.ack} ${last?.isSendFailure} ${chat.unreadCount} ${chat.active} ${chat.formattedTitle}`;
    if (row.stamp === stamp) return;
    row.stamp = stamp;
    row.element.classList.toggle('active', Boolean(chat.active));
    row.element.setAttribute('aria-selected', chat.active ? 'true' : 'false');
    const parts = [
      avatar(chat),
      el('span', { class: 'title', dir: 'auto' }, chat.formattedTitle),
      el('span', { class: 'when' }, last ? time(last.t) : ''),
      el('span', { class: 'preview', dir: 'auto' }, last?.id.fromMe ? tick(last) : null, last ? summary(last) : ''),
    ];
    if (chat.unreadCount > 0) parts.push(el('span', { class: 'unread', 'aria-label': `${chat.unreadCount} unread` }, String(chat.unreadCount)));
    row.element.replaceChildren(...parts);
  }

  function draw() {
    planned = false;
    if (!list) return;
    const chats = ChatCollection.getModelsArray().reverse().sort((one, other) => other.t - one.t);
    chats.forEach((chat, at) => {
      let row = rows.get(chat);
      if (!row) {
        row = { element: el('div', { role: 'listitem', tabindex: '0', class: 'chat', 'data-chat': chat.id.toString() }) };
        const open = () => require('SimChat').open(chat);
        row.element.addEventListener('click', open);
        row.element.addEventListener('keydown', ({ key }) => key === 'Enter' && open());
        rows.set(chat, row);
      }
      fill(row, chat);
      if (list.children[at] !== row.element) list.insertBefore(row.element, list.children[at] ?? null);
    });
    list.classList.toggle('empty', chats.length === 0);
  }
  const plan = () => {
    if (planned || !list) return;
    planned = true;
    setTimeout(draw, 0);
  };
  ChatCollection.on('add', plan);
  ChatCollection.on('change', plan);
  MsgCollection.on('change:ack', plan);
  MsgCollection.on('change:isSendFailure', plan);

  function askNumber() {
    const input = el('input', { type: 'tel', placeholder: '+55 11 97000-0001', 'aria-label': 'Phone number' });
    dialog(el('label', {}, 'New chat with', input), ['Cancel'], ['Open', () => require('SimChat').openNumber(input.value)]);
    input.focus();
  }

  exports.screen = () => {
    rows.clear();
    list = el('div', { role: 'list', class: 'chats', 'aria-label': 'Chat list' });
    const status = el('p', { class: 'status', role: 'status' });
    const say = () => {
      const offline = Stream.info !== 'NORMAL';
      status.hidden = !offline && !Stream.needsUpdate;
      status.textContent = Stream.needsUpdate && !offline ? 'A new version is available. Reload to update.' : 'Connecting… Messages wait until the connection is back.';
    };
    Stream.on('change:info change:needsUpdate', say);
    say();
    const me = require('SimAccount').login();
    const pretty = require('WAWebChatModel').pretty;
    draw();
    return el(
      'div',
      { id: 'side' },
      el(
        'header',
        {},
        el('span', { class: 'mark small', 'aria-hidden': 'true' }),
        el('div', { class: 'me' }, el('b', {}, me.name), el('small', {}, pretty(me.user))),
        el('button', { title: 'New chat', 'aria-label': 'New chat', onclick: askNumber }, icon('new-chat')),
        el('button', { title: 'Log out', 'aria-label': 'Log out', onclick: () => dialog('Log this profile out? Its chats stay on the phone.', ['Cancel'], ['Log out', () => require('WAWebSocketModel').Socket.logout()]) }, icon('logout')),
      ),
      status,
      el('div', { id: 'pane-side' }, list),
      notice(),
    );
  };
}, 98);
