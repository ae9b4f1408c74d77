// The observable state of the connection: Stream, Conn, Socket, Cmd, the backend's event bus.
__d('WAWebStreamModel', ['WAWebBaseModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class StreamModel extends BaseModel {
    markAvailable() {
      this.available = true;
    }
    markUnavailable() {
      this.available = false;
    }
  }
  defineModel(StreamModel, 'stream', { mode: undefined, info: 'OPENING', displayInfo: 'OPENING', needsUpdate: false, available: true, obscurity: 'SHOW' });
  exports.StreamMode = { QR: 'QR', MAIN: 'MAIN', SYNCING: 'SYNCING', OFFLINE: 'OFFLINE', CONFLICT: 'CONFLICT', PROXYBLOCK: 'PROXYBLOCK', TOS_BLOCK: 'TOS_BLOCK', SMB_TOS_BLOCK: 'SMB_TOS_BLOCK', DEPRECATED_VERSION: 'DEPRECATED_VERSION' };
  exports.StreamInfo = { OFFLINE: 'OFFLINE', OPENING: 'OPENING', PAIRING: 'PAIRING', SYNCING: 'SYNCING', RESUMING: 'RESUMING', CONNECTING: 'CONNECTING', NORMAL: 'NORMAL' };
  exports.Stream = new StreamModel();
  exports.Stream.on('change:info', () => {
    exports.Stream.displayInfo = exports.Stream.info;
  });
}, 98);

__d('WAWebConnModel', ['WAWebBaseModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class ConnImpl extends BaseModel {
    canSetMyPushname() {
      return true;
    }
  }
  defineModel(ConnImpl, 'conn', { ref: null, refTTL: null, connected: false, wid: undefined, pushname: undefined, platform: 'android', isResponsive: true });
  exports.ConnImpl = ConnImpl;
  exports.Conn = new ConnImpl();
}, 98);

__d('WAWebSocketModel', ['WAWebBaseModel', 'WAWebSocketConstants'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class SocketModel extends BaseModel {
    initConn() {
      require('SimLink').connect();
    }
    poke() {
      require('WAWebCmd').Cmd.refreshQR();
    }
    takeover() {
      require('SimLink').takeOver();
    }
    logout(sendLogout = true, reason = 'user_initiated') {
      require('SimLogin').logOut(sendLogout, reason);
    }
  }
  defineModel(SocketModel, 'socket', { state: 'OPENING', stream: 'DISCONNECTED', hasSynced: false, launched: true });
  exports.Socket = new SocketModel();
}, 98);

__d('WAWebNetworkStatus', ['WAWebBaseModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { BaseModel, defineModel } = require('WAWebBaseModel');
  class NetworkStatusModel extends BaseModel {
    checkOnline() {
      this.online = navigator.onLine;
    }
  }
  defineModel(NetworkStatusModel, 'networkstatus', { online: true });
  exports.default = new NetworkStatusModel();
}, 98);

__d('WAWebCmd', ['WAWebEventEmitter'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const EventEmitter = require('WAWebEventEmitter').default;
  class CmdImpl extends EventEmitter {
    isMainLoaded = false;
    refreshQR() {
      this.trigger('refresh_qr');
    }
    mainLoaded() {
      this.isMainLoaded = true;
      this.trigger('main_loaded');
    }
    logout() {
      this.trigger('logout');
    }
    openChatBottom({ chat }) {
      this.trigger('open_chat', chat);
      return Promise.resolve(true);
    }
    openChatFromUnread(given) {
      return this.openChatBottom(given);
    }
    closeChat() {
      this.trigger('close_chat');
    }
    onStartingLogout() {
      this.trigger('starting_logout');
    }
  }
  exports.CmdImpl = CmdImpl;
  exports.Cmd = new CmdImpl();
}, 98);

__d('WAWebBackendEventBus', ['WAWebEventEmitter'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const EventEmitter = require('WAWebEventEmitter').default;
  class BackendEventBusClass extends EventEmitter {
    isMainStreamReadyMd = false;
    isOfflineDeliveryEnd = false;
  }
  exports.BackendEvent = { LOGOUT: 'logout', REFRESH_QR: 'refresh_qr', STARTING_LOGOUT: 'starting_logout', ON_INITIAL_CHAT_SYNCED: 'on_initial_chat_synced', ON_CRITICAL_SYNC_DONE: 'on_critical_sync_done', STORAGE_INITIALIZATION_ERROR: 'storage_initialization_error', SOCKET_STREAM_DISCONNECTED: 'socket_stream_disconnected', OPEN_SOCKET_STREAM: 'open_socket_stream', SET_SOCKET_STATE: 'set_socket_state', INITIAL_LOAD_READY: 'initial_load_ready', MAIN_STREAM_MODE_READY: 'main_stream_mode_ready', OFFLINE_DELIVERY_END: 'offline_delivery_end' };
  exports.BackendEventBus = new BackendEventBusClass();
}, 98);
