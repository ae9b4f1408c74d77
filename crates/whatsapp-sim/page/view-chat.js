// One open chat: its messages and the box to write in.
__d('SimChat', ['SimParts', 'WAWebChatCollection', 'WAWebMsgCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { el, icon, tick, time, avatar, dialog, notice, size } = require('SimParts');
  const { ChatCollection } = require('WAWebChatCollection');
  const { MsgCollection } = require('WAWebMsgCollection');
  const SHOWN = 200;
  let pane;
  let messages;

  const intro = () =>
    el('div', { class: 'intro' }, el('div', { class: 'mark' }), el('h2', {}, 'Rehearsal WhatsApp'), el('p', {}, 'Choose a chat, or let Hotdesk send the queue.'), notice());

  const meta = (msg) => el('span', { class: 'meta' }, time(msg.t), msg.id.fromMe ? tick(msg) : null);
  const source = (msg) => msg.mediaData?.mediaBlob?.url() ?? (msg.filehash ? `/media/${msg.filehash}` : undefined);
  const file = (msg) => {
    if (!msg.isMedia) return null;
    if (msg.type === 'image') return el('img', { class: 'picture', alt: msg.filename ?? 'Picture', src: source(msg), onload: () => messages && toEnd() });
    return el('span', { class: 'file' }, icon('document'), el('b', { dir: 'auto' }, msg.filename ?? 'File'), el('small', {}, size(msg.size)));
  };
  const bubble = (msg) =>
    el('div', { role: 'row', class: 'line' }, el('div', { 'data-id': msg.id.toString(), class: msg.id.fromMe ? 'message-out' : 'message-in' }, file(msg), el('span', { class: 'selectable-text', dir: 'auto' }, (msg.isMedia ? msg.caption : msg.body) ?? ''), meta(msg)));

  const isOpen = (msg) => messages && ChatCollection.getActive() && msg.chat === ChatCollection.getActive();
  const toEnd = () => {
    messages.scrollTop = messages.scrollHeight;
  };
  function changed(msg) {
    if (!isOpen(msg)) return;
    const element = messages.querySelector(`[data-id="${CSS.escape(msg.id.toString())}"]`);
    element?.querySelector('.meta')?.replaceWith(meta(msg));
  }
  MsgCollection.on('add', (msg) => {
    if (!isOpen(msg)) return;
    messages.append(bubble(msg));
    toEnd();
  });
  MsgCollection.on('change:ack', changed);
  MsgCollection.on('change:isSendFailure', changed);

  async function send(chat, box) {
    const text = box.innerText.replace(/\n$/, '').trim();
    if (text === '') return;
    box.textContent = '';
    await require('WAWebSendTextMsgChatAction').createTextMsgData(chat, text).then((data) => {
      require('WAWebSendMsgChatAction').addAndSendMsgToChat(chat, data);
    });
  }

  exports.open = (chat, text = '') => {
    for (const other of ChatCollection.getModelsArray()) if (other !== chat) other.active = false;
    chat.active = true;
    require('WAWebUpdateUnreadChatAction').markSeen(chat);
    const all = chat.msgs.getModelsArray().slice(-SHOWN);
    messages = el('div', { class: 'messages', role: 'application', 'aria-label': 'Messages' }, ...all.map(bubble));
    const box = el('div', { contenteditable: 'true', role: 'textbox', 'data-tab': '10', 'aria-label': 'Type a message', 'aria-placeholder': 'Type a message', class: 'compose' });
    box.textContent = text;
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send(chat, box);
    });
    pane.replaceChildren(
      el('header', {}, avatar(chat), el('b', { dir: 'auto' }, chat.formattedTitle)),
      messages,
      el('footer', {}, box, el('button', { 'data-tab': '11', 'aria-label': 'Send', onclick: () => send(chat, box) }, icon('send'))),
    );
    toEnd();
    box.focus({ preventScroll: true });
  };

  exports.openNumber = async (number, text) => {
    const digits = number.replace(/\D/g, '');
    const found = await require('WAWebQueryExistsJob').queryPhoneExists(digits).catch(() => null);
    if (!found) {
      dialog(`The number +${digits} isn't on WhatsApp.`, ['OK']);
      return;
    }
    exports.open(await require('WAWebFindChatAction').findChat(found.wid), text);
  };

  exports.screen = () => {
    pane = el('div', { id: 'main' }, intro());
    messages = undefined;
    for (const chat of ChatCollection.getModelsArray()) chat.active = false;
    return pane;
  };
  require('WAWebCmd').Cmd.on('open_chat', (chat) => exports.open(chat));
  require('WAWebCmd').Cmd.on('close_chat', () => {
    for (const chat of ChatCollection.getModelsArray()) chat.active = false;
    messages = undefined;
    pane.replaceChildren(intro());
  });
}, 98);

__d('SimFollow', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.follow = (chat) => {
    if (require('SimKnobs').knobs.followChats && !chat.active) require('SimChat').open(chat);
  };
}, 98);
