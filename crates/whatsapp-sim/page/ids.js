// Wids (accounts and chats) and message keys.
__d('WAWebWid', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const text = (wid) => (typeof wid === 'string' ? wid : wid?.toString());
  const serverOf = (wid) => text(wid)?.split('@')[1];

  class Wid {
    constructor(serialized) {
      const [left, server] = serialized.split('@');
      const [user, device] = left.split(':');
      this.server = server === 's.whatsapp.net' ? 'c.us' : server;
      this.user = user;
      if (device !== undefined) this.device = Number(device);
      this._serialized = this.toString();
    }
    toString() {
      const device = this.device ? `:${this.device}` : '';
      return `${this.user}${device}@${this.server}`;
    }
    toJSON() {
      return this.toString();
    }
    toJid() {
      return this.toString().replace('@c.us', '@s.whatsapp.net');
    }
    equals(other) {
      return text(other) === this.toString();
    }
    getDeviceId() {
      return this.device ?? 0;
    }
    isSameAccount(other) {
      return this.user === other?.user && this.server === other?.server;
    }
    isCompanion() {
      return Boolean(this.device);
    }
    isUser() {
      return this.server === 'c.us' || this.server === 'lid';
    }
    isRegularUser() {
      return this.isUser() && this.user !== '0';
    }
    isUserNotPSA() {
      return this.isRegularUser();
    }
    isLid() {
      return this.server === 'lid';
    }
    isGroup() {
      return this.server === 'g.us';
    }
    isNewsletter() {
      return this.server === 'newsletter';
    }
    isBroadcast() {
      return this.server === 'broadcast';
    }
    isStatus() {
      return this.toString() === 'status@broadcast';
    }
    isStatusV3() {
      return this.isStatus();
    }
    isBot() {
      return this.server === 'bot';
    }
    isServer() {
      return this.toString() === '0@c.us';
    }
    isPSA() {
      return this.isServer();
    }
    isGroupCall() {
      return this.server === 'call';
    }
    static isXWid(server, wid) {
      return serverOf(wid) === server;
    }
    static isUser(wid) {
      return serverOf(wid) === 'c.us' || serverOf(wid) === 'lid';
    }
    static isLid(wid) {
      return serverOf(wid) === 'lid';
    }
    static isGroup(wid) {
      return serverOf(wid) === 'g.us';
    }
    static isNewsletter(wid) {
      return serverOf(wid) === 'newsletter';
    }
    static isBroadcast(wid) {
      return serverOf(wid) === 'broadcast';
    }
    static isStatus(wid) {
      return text(wid) === 'status@broadcast';
    }
    static isStatusV3(wid) {
      return text(wid) === 'status@broadcast';
    }
    static isWid(wid) {
      return /^[\w.-]+(:\d+)?@(c\.us|lid|g\.us|s\.whatsapp\.net|broadcast|newsletter|bot|call)$/.test(text(wid) ?? '');
    }
    static equals(one, other) {
      return text(one) === text(other);
    }
    static user(wid) {
      return text(wid)?.split('@')[0].split(':')[0];
    }
  }
  exports.default = Wid;
}, 98);

__d('WAWebWidFactory', ['WAWebWid'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const Wid = require('WAWebWid').default;
  const createWid = (wid) => {
    if (wid instanceof Wid) return wid;
    if (!Wid.isWid(wid)) throw new Error('wid error: invalid wid');
    return new Wid(wid);
  };
  const asUserWidOrThrow = (wid) => {
    if (!wid?.isUser?.()) throw new Error('wid error: not a user wid');
    return wid.device === undefined ? wid : new Wid(`${wid.user}@${wid.server}`);
  };
  exports.createWid = createWid;
  exports.createUserWidOrThrow = (user, server = 'c.us') =>
    createWid(user.includes('@') ? user : `${user}@${server}`);
  exports.createUserWid = exports.createUserWidOrThrow;
  exports.createDeviceWid = createWid;
  exports.createDeviceWidFromUserAndDevice = (user, server, device) =>
    createWid(`${user}:${device}@${server}`);
  exports.createWidFromWidLike = (wid) => createWid(typeof wid === 'string' ? wid : wid._serialized);
  exports.isWidlike = (wid) => wid instanceof Wid || Wid.isWid(wid);
  exports.userJidToUserWid = createWid;
  exports.asUserWidOrThrow = asUserWidOrThrow;
  exports.toUserWidOrThrow = asUserWidOrThrow;
  exports.toUserWid = asUserWidOrThrow;
  exports.asUserLidOrThrow = (wid) => {
    if (!wid?.isLid?.()) throw new Error('wid error: not a lid');
    return asUserWidOrThrow(wid);
  };
  exports.toUserLidOrThrow = exports.asUserLidOrThrow;
  exports.asChatWid = asUserWidOrThrow;
  exports.toChatWid = asUserWidOrThrow;
}, 98);

__d('WAWebMsgKey', ['WAWebWid', 'WAWebWidFactory'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { createWid } = require('WAWebWidFactory');

  class MsgKey {
    constructor(parts) {
      if (!parts) throw new TypeError('MsgKey error: obj is null/undefined');
      if (!parts.id) throw new TypeError('MsgKey error: id is missing');
      if (parts.selfDir !== undefined || parts.fromMe === undefined) {
        this.fromMe = parts.selfDir === 'out';
        this.remote = parts.selfDir === 'out' ? parts.to : parts.from;
      } else {
        this.fromMe = parts.fromMe;
        this.remote = typeof parts.remote === 'string' ? createWid(parts.remote) : parts.remote;
      }
      if (!this.remote) throw new TypeError('MsgKey error: remote is missing');
      this.id = parts.id;
      if (parts.participant) this.participant = parts.participant;
      this._serialized = [this.fromMe, this.remote, this.id, this.participant]
        .filter((part) => part !== undefined)
        .join('_');
    }
    toString() {
      return this._serialized;
    }
    toJSON() {
      return this._serialized;
    }
    clone() {
      return new MsgKey(this);
    }
    equals(other) {
      return other instanceof MsgKey && other._serialized === this._serialized;
    }
    static fromString(text) {
      const [fromMe, remote, id, participant] = text.split('_');
      return new MsgKey({
        fromMe: fromMe === 'true',
        remote: createWid(remote),
        id,
        participant: participant && createWid(participant),
      });
    }
    static from(parts) {
      return parts instanceof MsgKey ? parts : new MsgKey(parts);
    }
    static async newId() {
      const bytes = crypto.getRandomValues(new Uint8Array(9));
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return `3EB0${hex.toUpperCase()}`;
    }
  }
  // The module is the class itself, and under its own names too.
  MsgKey.default = MsgKey;
  module.exports = MsgKey;
}, 98);
