// Starts the page once every module is registered, and shows the screen that the state asks for.
__d('SimMain', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { el, notice } = require('SimParts');
  const { Stream } = require('WAWebStreamModel');
  const { Cmd } = require('WAWebCmd');
  const { version } = { version: require('WAWebUpdaterVersion').VERSION_STR };

  const wait = (title, testid) =>
    el('div', { class: 'startup', 'data-testid': testid }, el('div', { class: 'mark' }), el('p', {}, title), el('div', { class: 'bar' }, el('i')), notice());
  const conflict = () =>
    el('div', { class: 'startup' }, el('div', { class: 'mark' }), el('div', { role: 'dialog', class: 'dialog' }, el('p', {}, 'WhatsApp is open in another window. Click "Use here" to use WhatsApp in this window.'), el('div', { class: 'buttons' }, el('button', { onclick: () => require('WAWebSocketModel').Socket.takeover() }, 'Use here'))));
  const chats = () => el('div', { class: 'two' }, require('SimChatList').screen(), require('SimChat').screen());
  const screens = {
    QR: () => require('SimQr').screen(),
    SYNCING: () => wait('Loading your chats', 'syncing'),
    MAIN: chats,
    CONFLICT: conflict,
  };

  async function deepLink() {
    if (location.pathname !== '/send') return;
    const parameters = new URLSearchParams(location.search);
    await require('SimChat').openNumber(parameters.get('phone') ?? '', parameters.get('text') ?? '');
  }

  exports.start = async () => {
    const app = document.getElementById('app');
    let loggingOut = false;
    Stream.on('change:mode', () => {
      if (!loggingOut && screens[Stream.mode]) app.replaceChildren(screens[Stream.mode]());
      document.title = Stream.mode === 'QR' ? 'Rehearsal WhatsApp – link' : 'Rehearsal WhatsApp';
    });
    Cmd.on('starting_logout', () => {
      loggingOut = true;
      app.replaceChildren(wait('Logging out', 'logging-out'));
    });
    Cmd.once('main_loaded', deepLink);
    globalThis.Debug = { VERSION: version };
    try {
      await require('SimWeight').load();
      await require('SimLogin').begin();
    } catch (error) {
      console.error(error);
      require('WAWebBackendEventBus').BackendEventBus.trigger('storage_initialization_error');
      app.replaceChildren(el('div', { class: 'startup' }, el('p', {}, 'This profile’s storage cannot be opened. Nothing was sent; reload the page.')));
    }
  };
  addEventListener('online', () => require('WAWebNetworkStatus').default.checkOnline());
  addEventListener('offline', () => require('WAWebNetworkStatus').default.checkOnline());
}, 98);

requireLazy(['SimMain'], (main) => main.start());
