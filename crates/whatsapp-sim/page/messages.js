// Messages: the model, the collection, and where their ticks come in.
__d('WAWebMsgModel', ['WAWebBaseModel', 'WAWebMsgKey'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class Msg extends BaseModel {
    static idClass = require('WAWebMsgKey').default;
    get isSentByMe() {
      return Boolean(this.id?.fromMe);
    }
    get chat() {
      return require('WAWebChatCollection').ChatCollection.get(this.id?.remote) ?? null;
    }
    get sender() {
      return this.from;
    }
    get isMedia() {
      return Boolean(this.mimetype);
    }
    get isFailed() {
      return this.ack < 0 || this.isSendFailure;
    }
    updateAck(ack) {
      if (ack < 0 || ack > this.ack) this.ack = ack;
    }
  }
  defineModel(Msg, 'msg', { id: undefined, body: undefined, type: 'chat', t: 0, ack: 0, from: undefined, to: undefined, self: 'in', isNewMsg: false, isSendFailure: false, local: undefined, notifyName: undefined, caption: undefined, filename: undefined, mimetype: undefined, size: undefined, filehash: undefined, mediaData: undefined });
  exports.default = Msg;
  exports.MsgModel = Msg;
}, 98);

__d('WAWebMsgCollection', ['WAWebBaseCollection', 'WAWebMsgModel', 'SimStorage'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseCollection } = require('WAWebBaseCollection');
  const MsgKey = require('WAWebMsgKey').default;
  const storage = require('SimStorage');
  const { createWid } = require('WAWebWidFactory');
  const byBareId = new Map();

  class MsgCollectionImpl extends BaseCollection {
    static model = require('WAWebMsgModel').default;
    async getMessagesById(ids) {
      return { messages: ids.map((id) => this.get(id)).filter(Boolean) };
    }
    async processMultipleMessages(chatId, msgs) {
      return this.add(msgs);
    }
    hasSynced() {
      return true;
    }
  }
  exports.MsgCollectionImpl = MsgCollectionImpl;
  exports.MsgCollection = new MsgCollectionImpl();

  // The bytes of a file stay here until the server has the message.
  const blob = (msg) => (msg.ack === 0 && msg.id.fromMe ? msg.mediaData?.mediaBlob?.forceToBlob() : undefined);
  const row = (msg) => ({ caption: msg.caption, filename: msg.filename, mimetype: msg.mimetype, size: msg.size, filehash: msg.filehash, blob: blob(msg), key: msg.id.toString(), body: msg.body, type: msg.type, t: msg.t, ack: msg.ack, from: msg.from?.toString(), to: msg.to?.toString(), self: msg.self, notifyName: msg.notifyName, isSendFailure: msg.isSendFailure });
  exports.keep = (...msgs) => storage.put('message', ...msgs.map(row));
  exports.byBareId = (id) => byBareId.get(id);

  exports.MsgCollection.on('add', (msg) => {
    byBareId.set(msg.id.id, msg);
    const chat = msg.chat;
    if (!chat) return;
    chat.msgs.add(msg);
    if (msg.t >= chat.t) chat.set({ t: msg.t, preview: msg });
  });

  exports.load = async () => {
    const rows = await storage.all('message');
    rows.sort((one, other) => one.t - other.t);
    const OpaqueData = require('WAWebMediaOpaqueData').default;
    const MediaData = require('WAWebMediaDataModel').default;
    for (const { key, from, to, blob: bytes, ...rest } of rows) {
      const mediaData = bytes && new MediaData({ type: rest.type, mimetype: rest.mimetype, size: rest.size, mediaBlob: new OpaqueData(bytes) });
      exports.MsgCollection.add({ ...rest, mediaData, id: MsgKey.fromString(key), from: from && createWid(from), to: to && createWid(to), isNewMsg: false });
    }
  };
}, 98);

__d('WAWebHandleDirectChatReceipt', ['WAWebMsgCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.handleChatSimpleReceipt = async ({ externalIds, ack }) => {
    const msgs = require('WAWebMsgCollection');
    for (const id of externalIds) msgs.byBareId(id)?.updateAck(ack);
  };
}, 98);

__d('WAWebMsgModelUtils', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.getIsUnreadType = (msg) => ['chat', 'image', 'video', 'audio', 'document'].includes(msg.type);
}, 98);

// What the server half says about messages.
__d('SimInbox', ['WAWebMsgCollection', 'WAWebChatCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const msgs = require('WAWebMsgCollection');
  const chats = require('WAWebChatCollection');
  const MsgKey = require('WAWebMsgKey').default;
  const { createWid } = require('WAWebWidFactory');
  const strings = { 2: 'delivery', 3: 'read', 4: 'played' };

  function content({ body, kind, file }) {
    if (!file) return { body, type: 'chat' };
    return { body: '', caption: body || undefined, type: kind, filename: file.fileName, mimetype: file.mimeType, size: file.size, filehash: file.sha256 };
  }
  function build(message, name, isNewMsg) {
    const chatId = createWid(message.chat);
    if (chatId.isLid()) require('WAWebApiContact').learn(message.lead.slice(1), chatId.user);
    const me = require('WAWebUserPrefsMeUser').getMePnUserOrThrow();
    return {
      id: new MsgKey({ fromMe: message.fromMe, remote: chatId, id: message.id }),
      ...content(message),
      t: Math.floor(message.atMs / 1000),
      ack: message.fromMe ? message.ack : 0,
      from: message.fromMe ? me : chatId,
      to: message.fromMe ? chatId : me,
      self: message.fromMe ? 'out' : 'in',
      notifyName: name || undefined,
      isNewMsg,
    };
  }

  exports.message = async (message, name) => {
    const values = build(message, name, true);
    if (msgs.MsgCollection.get(values.id)) return;
    const chat = chats.ensure(values.id.remote, message.fromMe ? undefined : name);
    if (!message.fromMe) {
      if (name && !chat.name) chat.name = name;
      if (!chat.active || document.hidden) chat.unreadCount += 1;
    }
    const msg = msgs.MsgCollection.add(values);
    require('SimFollow').follow(chat);
    await Promise.all([msgs.keep(msg), chats.keep(chat)]);
  };

  exports.history = async (messages) => {
    for (const message of messages) {
      const values = build(message, undefined, false);
      chats.ensure(values.id.remote);
      msgs.MsgCollection.add(values);
    }
    await msgs.keep(...msgs.MsgCollection.getModelsArray());
  };

  exports.ack = async ({ id, chat, ack, code }) => {
    const msg = msgs.byBareId(id);
    if (!msg) return;
    if (code === 404) {
      msg.isSendFailure = true;
      require('SimPending').settle(id, { messageSendResult: 'ERROR_UNKNOWN' });
    } else if (ack < 0) {
      msg.set({ ack, isSendFailure: true });
      require('SimPending').settle(id, { messageSendResult: 'ERROR_UNKNOWN', errorCode: code });
    } else {
      if (ack >= 1 && msg.ack < 1) msg.updateAck(1);
      if (ack >= 2) {
        const receipts = require('WAWebHandleDirectChatReceipt');
        await receipts.handleChatSimpleReceipt({ type: strings[ack], stanzaId: id, externalIds: [id], from: createWid(chat), participant: null, recipient: null, ts: Math.floor(Date.now() / 1000), ack, ackString: strings[ack], offline: null });
      }
      require('SimPending').settle(id, { messageSendResult: 'OK', t: msg.t, count: null });
    }
    await msgs.keep(msg);
  };
}, 98);
