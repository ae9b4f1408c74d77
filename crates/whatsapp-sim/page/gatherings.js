// Rooms in which others gather what the page has elsewhere, and small ones beside them: what
// whatsapp-web.js asks for on its way to a message that is sent, ticked and answered.
__d('WAWebCollections', ['WAWebMsgCollection', 'WAWebChatCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.Msg = require('WAWebMsgCollection').MsgCollection;
  exports.Chat = require('WAWebChatCollection').ChatCollection;
}, 98);

__d('WAWebChatGetters', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.getIsNewsletter = (chat) => chat.id.isNewsletter();
  exports.getIsBroadcast = (chat) => chat.id.isBroadcast();
}, 98);

__d('WAWebCompanionRegClientUtils', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  // What a linked device in a browser calls itself.
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
  exports.findLinks = (text) => [...(text ?? '').matchAll(/https?:\/\/\S+/g)].map(([url]) => ({ url, href: url, suspiciousCharacters: null }));
  exports.findLink = (text) => exports.findLinks(text)[0];
}, 98);
