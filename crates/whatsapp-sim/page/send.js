// Existence and sending.
__d('WAWebQueryExistsJob', ['SimLink', 'WAWebWidFactory'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { createWid } = require('WAWebWidFactory');
  const { hangs, never } = require('SimKnobs');
  exports.queryWidExists = async (wid) => {
    if (hangs('queryWidExists')) return never();
    const found = await require('SimLink').queryExists(wid.user, wid.server);
    if (!found) return null;
    require('WAWebApiContact').learn(found.user, found.lid);
    return { wid: createWid(`${found.user}@c.us`), lid: createWid(`${found.lid}@lid`), biz: false };
  };
  exports.queryPhoneExists = (phone) => exports.queryWidExists(createWid(`${phone.replace(/\D/g, '')}@c.us`));
}, 98);

// What a message looks like on its way, and the way itself.
__d('WAWebE2EProtoGenerator', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.createMsgProtobuf = (msg) => {
    if (!msg.isMedia) return { conversation: msg.body };
    return { [`${msg.type}Message`]: { caption: msg.caption, fileName: msg.filename, mimetype: msg.mimetype, fileLength: msg.size, fileSha256: msg.filehash } };
  };
}, 98);

__d('WAWebSendMsgJob', ['SimLink', 'WAWebE2EProtoGenerator'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const word = (msg, proto) => {
    const file = proto[`${msg.type}Message`];
    const common = { type: 'message', id: msg.id.id, chat: msg.id.remote.toString() };
    if (!file) return { ...common, body: proto.conversation ?? '' };
    const sent = { kind: msg.type === 'sticker' ? 'image' : msg.type, fileName: file.fileName ?? '', mimeType: file.mimetype, sha256: file.fileSha256 };
    return { ...common, body: file.caption ?? '', file: sent };
  };
  exports.encryptAndSendMsg = async ({ data: msg }) => {
    require('SimLink').say(word(msg, require('WAWebE2EProtoGenerator').createMsgProtobuf(msg)));
    return { t: msg.t, sync: null, phash: null, addressingMode: null, count: null, error: null };
  };
}, 98);

// Messages on their way: sent again with the same id after every reconnect, until the server has them.
__d('SimPending', ['WAWebMsgCollection', 'SimLink'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { MsgCollection } = require('WAWebMsgCollection');
  const waiting = new Map();
  const stored = new WeakSet();
  const uploading = new WeakSet();

  // A file's bytes go ahead of its message; without them the message fails and can be sent anew.
  async function upload(msg) {
    if (!msg.isMedia || msg.filehash) return true;
    const mediaData = msg.mediaData;
    mediaData.mediaStage = 'SENDING';
    try {
      const { filehash } = await require('WAWebMediaMmsV4Upload').uploadMedia({ blob: mediaData.mediaBlob.forceToBlob(), mediaType: msg.type });
      mediaData.set({ filehash, mediaStage: 'RESOLVED' });
      msg.filehash = filehash;
      await require('WAWebMsgCollection').keep(msg);
      return true;
    } catch (error) {
      // No network: it is tried again after the reconnect.
      if (error instanceof TypeError) return false;
      console.warn(error.message);
      mediaData.mediaStage = 'ERROR_UPLOAD';
      msg.isSendFailure = true;
      await require('WAWebMsgCollection').keep(msg);
      exports.settle(msg.id.id, { messageSendResult: 'ERROR_UPLOAD' });
      return false;
    }
  }
  const give = async (msg) => {
    if (!require('SimLink').isWelcome() || uploading.has(msg)) return;
    uploading.add(msg);
    const uploaded = await upload(msg);
    uploading.delete(msg);
    if (!uploaded) return;
    if (require('SimLink').isWelcome()) require('WAWebSendMsgJob').encryptAndSendMsg({ type: msg.type, data: msg });
  };
  exports.stored = (msg) => {
    stored.add(msg);
    give(msg);
  };
  exports.sendAgain = () => {
    for (const msg of MsgCollection.getModelsArray()) {
      const open = msg.id.fromMe && msg.ack === 0 && !msg.isSendFailure;
      // A message not yet in the storage is given by whoever stores it.
      if (open && (stored.has(msg) || !msg.isNewMsg)) give(msg);
    }
  };
  exports.result = (id) => new Promise((resolve) => waiting.set(id, resolve));
  exports.settle = (id, result) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
}, 98);

__d('WAWebSendMsgChatAction', ['SimPending', 'WAWebMsgCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const MsgKey = require('WAWebMsgKey').default;
  const msgs = require('WAWebMsgCollection');
  const { hangs, never } = require('SimKnobs');

  class DuplicateMessageError extends Error {
    constructor(key) {
      super(`DuplicateMessageError: a message with the id ${key.id} is already there`);
      this.name = 'DuplicateMessageError';
    }
  }

  const rejected = (error) => {
    const promise = Promise.reject(error);
    promise.catch(() => {});
    return promise;
  };

  exports.addAndSendMsgToChat = (chat, data) => {
    if (hangs('addAndSendMsgToChat')) return [never(), never()];
    if (!data.id) throw new TypeError('MsgKey error: obj is null/undefined');
    const key = data.id instanceof MsgKey ? data.id : MsgKey.fromString(data.id.toString());
    if (!key.fromMe || !key.remote.equals(chat.id)) throw new Error('addAndSendMsgToChat: the key is not of this chat');
    if (msgs.MsgCollection.get(key) || msgs.byBareId(key.id)?.id.fromMe) {
      const error = new DuplicateMessageError(key);
      return [rejected(error), rejected(error)];
    }
    const result = require('SimPending').result(key.id);
    const msg = msgs.MsgCollection.add({ ...data, id: key, ack: 0 });
    require('SimFollow').follow(chat);
    const kept = Promise.all([msgs.keep(msg), require('WAWebChatCollection').keep(chat)]).then(() => {
      require('SimPending').stored(msg);
      return msg;
    });
    return [kept, result];
  };
  exports.DuplicateMessageError = DuplicateMessageError;
}, 98);

__d('WAWebSendTextMsgChatAction', ['WAWebSendMsgChatAction'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const MsgKey = require('WAWebMsgKey').default;
  exports.createTextMsgData = async (chat, body) => {
    const me = require('WAWebUserPrefsMeUser');
    return {
      id: new MsgKey({ fromMe: true, remote: chat.id, id: await MsgKey.newId() }),
      ack: 0,
      body,
      type: 'chat',
      from: chat.id.isLid() ? me.getMeLidUserOrThrow() : me.getMePnUserOrThrow(),
      to: chat.id,
      t: require('WATimeUtils').unixTime(),
      self: 'out',
      local: true,
      isNewMsg: true,
    };
  };
  exports.sendTextMsgToChat = async (chat, body) => {
    const [, result] = require('WAWebSendMsgChatAction').addAndSendMsgToChat(chat, await exports.createTextMsgData(chat, body));
    return result;
  };
}, 98);
