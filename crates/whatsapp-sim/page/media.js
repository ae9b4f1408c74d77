// Files: their bytes, what is known of them, and how they get into a chat.
__d('WAWebMediaOpaqueData', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  class OpaqueData {
    constructor(blob) {
      this._blob = blob;
      this.released = false;
    }
    static async createFromData(data, type) {
      return new OpaqueData(data instanceof Blob && data.type === type ? data : new Blob([data], { type }));
    }
    static async createFromBase64Jpeg(text) {
      return OpaqueData.createFromData(require('WABase64').decodeB64(text), 'image/jpeg');
    }
    retain() {}
    autorelease() {
      if (this._url) URL.revokeObjectURL(this._url);
      this._url = undefined;
    }
    size() {
      return this._blob.size;
    }
    type() {
      return this._blob.type;
    }
    forceToBlob() {
      return this._blob;
    }
    url() {
      this._url ??= URL.createObjectURL(this._blob);
      return this._url;
    }
  }
  exports.default = OpaqueData;
}, 98);

__d('WAWebMediaDataModel', ['WAWebBaseModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class MediaData extends BaseModel {}
  defineModel(MediaData, 'mediadata', { type: undefined, mimetype: undefined, size: 0, filename: undefined, filehash: undefined, mediaBlob: undefined, mediaStage: 'INIT', fullWidth: undefined, fullHeight: undefined });
  exports.default = MediaData;
}, 98);

__d('WAWebMediaGatingUtils', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const MB = 1024 * 1024;
  const limits = { image: 16 * MB, video: 100 * MB, audio: 16 * MB, sticker: 1 * MB };
  exports.getUploadLimit = (type) => limits[type] ?? 100 * MB;
}, 98);

__d('WAWebMediaPrep', ['WAWebMediaDataModel', 'WAWebMsgKey'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const MsgKey = require('WAWebMsgKey').default;
  class MediaPrep {
    constructor(type, prepared) {
      this._type = type;
      this._prepared = prepared.then((mediaData) => {
        this._mediaData = mediaData;
        return mediaData;
      });
    }
    waitForPrep() {
      return this._prepared;
    }
    async sendToChat({ chat, options = {} }) {
      const mediaData = await this._prepared;
      const given = options.productMsgOptions ?? {};
      const me = require('WAWebUserPrefsMeUser');
      const [added, result] = require('WAWebSendMsgChatAction').addAndSendMsgToChat(chat, {
        id: new MsgKey({ fromMe: true, remote: chat.id, id: await MsgKey.newId() }),
        from: me.getMePnUserOrThrow(),
        to: chat.id,
        t: require('WATimeUtils').unixTime(),
        self: 'out',
        local: true,
        isNewMsg: true,
        ...given,
        type: mediaData.type,
        body: '',
        caption: options.caption,
        filename: given.filename ?? mediaData.filename,
        mimetype: mediaData.mimetype,
        size: mediaData.size,
        mediaData,
      });
      // As seen on the real page: a file whose id is taken is neither sent nor refused.
      const taken = await added.then(() => false, (error) => error.name === 'DuplicateMessageError');
      return taken ? new Promise(() => {}) : result;
    }
  }
  exports.MediaPrep = MediaPrep;
}, 98);

__d('WAWebPrepRawMedia', ['WAWebMediaPrep', 'WAWebMediaDataModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { MediaPrep } = require('WAWebMediaPrep');
  const MediaData = require('WAWebMediaDataModel').default;
  const typeOf = (mimetype, { asDocument, asSticker }) => {
    if (asDocument) return 'document';
    if (asSticker) return 'sticker';
    const [kind] = mimetype.split('/');
    return ['image', 'video', 'audio'].includes(kind) ? kind : 'document';
  };
  async function prepare(data, options) {
    const blob = data.forceToBlob();
    const mediaData = new MediaData({ type: typeOf(blob.type, options), mimetype: blob.type || 'application/octet-stream', size: blob.size, filename: blob.name, mediaBlob: data });
    if (mediaData.type === 'image') {
      const picture = await createImageBitmap(blob).catch(() => null);
      if (!picture) throw new Error('MediaPrep: not a picture');
      mediaData.set({ fullWidth: picture.width, fullHeight: picture.height });
      picture.close();
    }
    return mediaData;
  }
  exports.prepRawMedia = (data, options = {}) => new MediaPrep(undefined, prepare(data, options));
}, 98);

__d('WAWebMediaMmsV4Upload', ['SimKnobs'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { hangs, never } = require('SimKnobs');
  exports.uploadMedia = async ({ blob }) => {
    if (hangs('uploadMedia')) return never();
    const answer = await fetch('/media', { method: 'POST', body: blob });
    if (!answer.ok) throw new Error(`the upload was answered with ${answer.status}`);
    const { sha256 } = await answer.json();
    return { filehash: sha256 };
  };
}, 98);

__d('WAWebMedia', ['WAWebMediaPrep', 'WAWebPrepRawMedia'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.MediaPrep = require('WAWebMediaPrep').MediaPrep;
  exports.prepRawMedia = require('WAWebPrepRawMedia').prepRawMedia;
  exports.uploadProductImage = async () => {
    throw new Error('The rehearsal has no catalogue.');
  };
}, 98);
