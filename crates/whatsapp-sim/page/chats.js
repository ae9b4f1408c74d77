// Chats.
__d('WAWebChatModel', ['WAWebBaseModel', 'WAWebBaseCollection', 'WAWebMsgModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  const { BaseCollection } = require('WAWebBaseCollection');
  class ChatMsgs extends BaseCollection {
    static model = require('WAWebMsgModel').default;
  }
  class Chat extends BaseModel {
    initialize() {
      const { hidden } = require('WAWebEventEmitter');
      hidden(this, 'msgs', new ChatMsgs());
    }
    get formattedTitle() {
      const pn = require('WAWebApiContact').getPhoneNumber(this.id) ?? this.id;
      return this.name ?? (pn.isLid() ? `~${pn.user.slice(-6)}` : exports.pretty(pn.user));
    }
    title() {
      return this.formattedTitle;
    }
    get contact() {
      return require('WAWebContactCollection').ContactCollection.get(this.id);
    }
    get presence() {
      return this.id && require('WAWebPresenceCollection').PresenceCollection.gadd(this.id);
    }
    getLastMsgKeyForAction() {
      return this.msgs.last()?.id;
    }
  }
  defineModel(Chat, 'chat', { id: undefined, name: undefined, t: 0, unreadCount: 0, active: false, archive: false, pin: 0, canSend: true, isReadOnly: false, accountLid: undefined, preview: undefined });
  exports.pretty = (user) =>
    user.startsWith('55') && user.length > 11
      ? `+55 ${user.slice(2, 4)} ${user.slice(4, -4)}-${user.slice(-4)}`
      : `+${user}`;
  exports.default = Chat;
  exports.ChatModel = Chat;
}, 98);

__d('WAWebChatCollection', ['WAWebBaseCollection', 'WAWebChatModel', 'SimStorage'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseCollection } = require('WAWebBaseCollection');
  const storage = require('SimStorage');
  const { createWid } = require('WAWebWidFactory');
  class ChatCollectionImpl extends BaseCollection {
    static model = require('WAWebChatModel').default;
    getActive() {
      return this._models.find((chat) => chat.active);
    }
  }
  exports.ChatCollectionImpl = ChatCollectionImpl;
  exports.ChatCollection = new ChatCollectionImpl();

  const row = (chat) => {
    const pn = require('WAWebApiContact').getPhoneNumber(chat.id);
    return { key: chat.id.toString(), name: chat.name, t: chat.t, unreadCount: chat.unreadCount, lid: chat.accountLid?.user, phone: pn?.user };
  };
  exports.keep = (chat) => storage.put('chat', row(chat));
  exports.load = async () => {
    const rows = await storage.all('chat');
    for (const { key, name, t, unreadCount, lid, phone } of rows) {
      if (phone && lid) require('WAWebApiContact').learn(phone, lid);
      exports.ChatCollection.add({ id: createWid(key), name, t, unreadCount, accountLid: lid && createWid(`${lid}@lid`) });
    }
  };
  exports.ensure = (id, name) => {
    const known = exports.ChatCollection.get(id);
    if (known) return known;
    const chat = exports.ChatCollection.add({ id, name, accountLid: require('WAWebApiContact').getCurrentLid(id) });
    require('WAWebContactCollection').ContactCollection.add({ id, pushname: name });
    require('WAWebCreateChat').createChatRecord(id, chat);
    return chat;
  };
}, 98);

__d('WAWebCreateChat', ['WAWebChatCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.createChatRecord = (id, chat) => require('WAWebChatCollection').keep(chat);
}, 98);

__d('WAWebFindChatAction', ['WAWebChatCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { hangs, never, knobs } = require('SimKnobs');
  const chats = require('WAWebChatCollection');
  const contact = require('WAWebApiContact');

  // A chat lives under one of its two ids; whoever asks by either gets the one that is there.
  const existing = (wid) => {
    const other = wid.isLid() ? contact.getPhoneNumber(wid) : contact.getCurrentLid(wid);
    return chats.ChatCollection.get(wid) ?? (other && chats.ChatCollection.get(other));
  };
  exports.findExistingChat = async (wid) => existing(wid);
  exports.findOrCreateLatestChat = async (given) => {
    if (hangs('findOrCreateLatestChat')) return never();
    const wid = require('WAWebWidFactory').asUserWidOrThrow(given);
    const chat = existing(wid);
    if (chat) return { chat, created: false };
    // An account that has moved asks for the lid of a number it meets for the first time.
    if (knobs.lidChats && !contact.getCurrentLid(wid)) {
      const found = await require('SimLink').queryExists(wid.user, wid.server);
      if (found) contact.learn(found.user, found.lid);
    }
    const lid = contact.getCurrentLid(wid);
    return { chat: chats.ensure(knobs.lidChats && lid ? lid : wid), created: true };
  };
  exports.findChat = async (wid) => (await exports.findOrCreateLatestChat(wid)).chat;
}, 98);

__d('WAWebUpdateUnreadChatAction', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.sendSeen = async ({ chat } = {}) => exports.markSeen(chat);
  exports.markSeen = async (chat) => {
    if (!chat || chat.unreadCount === 0) return;
    chat.unreadCount = 0;
    await require('WAWebChatCollection').keep(chat);
  };
  exports.markUnread = async (chat, unread) => {
    chat.unreadCount = unread ? -1 : 0;
    await require('WAWebChatCollection').keep(chat);
  };
}, 98);
