// Rooms in which others gather what the page has elsewhere: whatsapp-web.js asks for these.
__d('WAWebCollections', ['WAWebMsgCollection', 'WAWebChatCollection', 'WAWebContactCollection', 'WAWebPresenceCollection', 'WAWebBlocklistCollection', 'WAWebStatusCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.Msg = require('WAWebMsgCollection').MsgCollection;
  exports.Chat = require('WAWebChatCollection').ChatCollection;
  exports.Contact = require('WAWebContactCollection').ContactCollection;
  exports.Presence = require('WAWebPresenceCollection').PresenceCollection;
  exports.Blocklist = require('WAWebBlocklistCollection').BlocklistCollection;
  exports.Status = require('WAWebStatusCollection').StatusCollection;
}, 98);

__d('WAWebChatGetters', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.getIsNewsletter = (chat) => chat.id.isNewsletter();
  exports.getIsBroadcast = (chat) => chat.id.isBroadcast();
  exports.getIsGroup = (chat) => chat.id.isGroup();
}, 98);

__d('WAWebCompanionRegClientUtils', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  // A companion on the web.
  exports.DEVICE_PLATFORM = '1';
}, 98);

__d('WAWebOfflineHandler', ['WAWebBackendEventBus'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BackendEventBus } = require('WAWebBackendEventBus');
  exports.OfflineMessageHandler = { getOfflineDeliveryProgress: () => (BackendEventBus.isOfflineDeliveryEnd ? 100 : 0) };
}, 98);

__d('WAWebSyncGatingUtils', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.isPlaceholderMessageResendEnabled = () => false;
}, 98);

__d('WALinkify', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const all = (text) => [...(text ?? '').matchAll(/https?:\/\/[^\s]+/g)].map(([url]) => ({ url, href: url, suspiciousCharacters: null }));
  exports.findLinks = all;
  exports.findLink = (text) => all(text)[0];
}, 98);
