// Becoming linked, staying linked over a reload, and being unlinked.
__d('SimLogin', ['SimAccount', 'SimStorage', 'SimLink', 'WAWebStreamModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const account = require('SimAccount');
  const { knobs } = require('SimKnobs');
  const { Stream } = require('WAWebStreamModel');
  const { Conn } = require('WAWebConnModel');
  const { Socket } = require('WAWebSocketModel');
  const { Cmd } = require('WAWebCmd');
  const { BackendEventBus } = require('WAWebBackendEventBus');
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const LOGOUT_MS = 2000;
  let leaving = false;
  let asked;

  function main() {
    const { name } = account.login();
    Conn.set({ ref: null, wid: account.wid('pnDevice'), pushname: name });
    Stream.mode = 'MAIN';
    Socket.hasSynced = true;
    if (!Cmd.isMainLoaded) Cmd.mainLoaded();
    BackendEventBus.isMainStreamReadyMd = true;
    BackendEventBus.trigger('main_stream_mode_ready');
  }

  exports.begin = async () => {
    await account.load();
    if (account.login()) {
      require('WAWebApiContact').learn(account.login().user, account.login().lid);
      await require('WAWebChatCollection').load();
      await require('WAWebMsgCollection').load();
      main();
    } else {
      Stream.mode = 'QR';
    }
    require('SimLink').connect();
  };

  exports.paired = async ({ token, device, user, lid, name, history }) => {
    Socket.state = 'PAIRING';
    await account.keep({ token, device, user, lid, name });
    require('WAWebApiContact').learn(user, lid);
    Stream.set({ mode: 'SYNCING', info: 'SYNCING' });
    await require('SimInbox').history(history);
    await wait(knobs.loginMs);
    BackendEventBus.trigger('on_initial_chat_synced');
    main();
  };

  exports.connected = () => {
    Stream.info = 'NORMAL';
    BackendEventBus.isOfflineDeliveryEnd = true;
    BackendEventBus.trigger('offline_delivery_end');
  };

  exports.removed = async (given) => {
    if (leaving) return;
    leaving = true;
    const reason = asked ?? given;
    account.forget();
    require('WAWebLogoutReason').getErrorCodeFromLogoutReason(reason);
    BackendEventBus.trigger('starting_logout');
    Cmd.onStartingLogout();
    Cmd.logout();
    BackendEventBus.trigger('logout');
    await require('SimStorage').clear();
    await wait(300);
    location.replace('/?post_logout=1&logout_reason=0');
  };

  // Whoever logs out hears of it later, never within the call: the phone is told first, and its
  // answer is what ends the login; without an answer it ends all the same.
  exports.logOut = async (sendLogout, reason) => {
    asked = reason;
    if (sendLogout && require('SimLink').say({ type: 'logout' })) await wait(LOGOUT_MS);
    else await wait(0);
    exports.removed(reason);
  };
}, 98);
