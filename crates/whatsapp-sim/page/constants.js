// Constants and small functions with the real names.
__d('WAWebAck', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.ACK = { MD_DOWNGRADE: -7, INACTIVE: -6, CONTENT_UNUPLOADABLE: -5, CONTENT_TOO_BIG: -4, CONTENT_GONE: -3, EXPIRED: -2, FAILED: -1, CLOCK: 0, SENT: 1, RECEIVED: 2, READ: 3, PLAYED: 4, PEER: 5 };
  exports.ACK_STRING = { SENDER: 'sender', DELIVERY: 'delivery', READ: 'read', PLAYED: 'played', INACTIVE: 'inactive', READ_SELF: 'read-self', PLAYED_SELF: 'played-self' };
  exports.EDIT_ATTR = { SENDER_REVOKE: 7, ADMIN_REVOKE: 8 };
}, 98);

__d('WATimeUtils', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.unixTime = () => Math.floor(Date.now() / 1000);
  exports.unixTimeMs = () => Date.now();
}, 98);

__d('WABase64', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.encodeB64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  exports.decodeB64 = (text) => Uint8Array.from(atob(text), (it) => it.charCodeAt(0)).buffer;
}, 98);

__d('WAWebSendMsgResultAction', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.SendMsgResult = { OK: 'OK', ERROR_NETWORK: 'ERROR_NETWORK', ERROR_EXPIRED: 'ERROR_EXPIRED', ERROR_CANCELLED: 'ERROR_CANCELLED', ERROR_UPLOAD: 'ERROR_UPLOAD', ERROR_UNKNOWN: 'ERROR_UNKNOWN' };
}, 98);

__d('WAWebSocketConstants', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const names = (...all) => Object.fromEntries(all.map((name) => [name, name]));
  exports.SOCKET_STATE = names('OPENING', 'PAIRING', 'UNPAIRED', 'UNPAIRED_IDLE', 'CONNECTED', 'TIMEOUT', 'CONFLICT', 'UNLAUNCHED', 'PROXYBLOCK', 'TOS_BLOCK', 'SMB_TOS_BLOCK', 'DEPRECATED_VERSION');
  exports.SOCKET_STREAM = names('DISCONNECTED', 'SYNCING', 'RESUMING', 'CONNECTED');
  exports.WATCHED_SOCKET_STATE = names('OPEN', 'CLOSED');
}, 98);

__d('WAWebLogoutReason', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.LogoutReason = { UserInitiated: 'user_initiated', SyncdFailure: 'syncd_failure', UnknownCompanion: 'unknown_companion', ClientVersionOutdated: 'client_version_outdated', AccountLocked: 'account_locked' };
  exports.LOGOUT_REASON_CODE = { CLIENT_FATAL: '0', SYNC_FAIL: '1', INITIAL_HISTORY_SYNC_TIMEOUT: '2', ACCOUNT_LOCKED: '3' };
  exports.getErrorCodeFromLogoutReason = () => '0';
}, 98);

__d('WAWebUpdaterVersion', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.VERSION_STR = '2.3000.1044096409';
  exports.SANITIZED_VERSION_STR = '2.3000.1044096409';
}, 98);

__d('WAWebIsOfficialClient', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.isOfficialClient = true;
  exports.isLegitErrorStack = () => true;
}, 98);

__d('useWAWebLinkPreview', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.findFirstWebLink = () => undefined;
}, 98);

__d('WAWebGetEphemeralFieldsMsgActionsUtils', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.getEphemeralFields = () => ({});
}, 98);
