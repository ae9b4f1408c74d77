// The WebSocket to the server half, and what each of its words means for the page.
__d('SimLink', ['SimAccount', 'WAWebStreamModel', 'WAWebSocketModel', 'WAWebConnModel'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const account = require('SimAccount');
  const { Stream } = require('WAWebStreamModel');
  const { Socket } = require('WAWebSocketModel');
  const { Conn } = require('WAWebConnModel');
  const { BackendEventBus } = require('WAWebBackendEventBus');
  const RETRY_MS = [100, 250, 500, 1000, 2000];
  const queries = new Map();
  let socket = null;
  let welcomed = false;
  let failures = 0;
  let silent = false;
  let lastRequest = 0;
  let work = Promise.resolve();

  const say = (word) => {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(word));
    return true;
  };
  const setState = (state) => {
    Socket.state = state;
    BackendEventBus.trigger('set_socket_state', state);
  };

  const words = {
    qr({ reference, value, svg, lifeMs }) {
      require('SimQr').show({ value, svg });
      Conn.set({ ref: reference, refTTL: lifeMs });
      Stream.set({ mode: 'QR', info: 'PAIRING' });
      setState('UNPAIRED');
    },
    qr_expired() {
      require('SimQr').show(null);
      Conn.ref = null;
      setState('UNPAIRED_IDLE');
    },
    pairing_code({ request, code }) {
      queries.get(request)?.resolve(code);
      queries.delete(request);
    },
    passkey() {
      Conn.ref = null;
      setState('PAIRING');
      require('SimQr').show('passkey');
    },
    async paired(word) {
      await require('SimLogin').paired(word);
    },
    welcome({ knobs }) {
      require('SimKnobs').turn(knobs);
      welcomed = true;
      failures = 0;
      setState('CONNECTED');
      Socket.stream = 'CONNECTED';
      Conn.connected = true;
      require('SimLogin').connected();
      for (const { word } of queries.values()) say(word);
      require('SimPending').sendAgain();
    },
    removed() {
      silent = true;
      require('SimLogin').removed('unknown_companion');
    },
    conflict() {
      exports.conflict();
    },
    exists({ request, found }) {
      queries.get(request)?.resolve(found);
      queries.delete(request);
    },
    async stanza({ seq, stanza, ...rest }) {
      const inbox = require('SimInbox');
      if (stanza === 'ack') await inbox.ack(rest);
      else if (stanza === 'message') await inbox.message(rest.message, rest.name);
      say({ type: 'received', seq });
    },
    knobs({ knobs }) {
      require('SimKnobs').turn(knobs);
    },
    act({ action }) {
      if (action === 'reload') location.reload();
      else if (action === 'reload_when_hidden') reloadWhenHidden();
      else if (action === 'needs_update') Stream.needsUpdate = true;
      else if (action === 'conflict') exports.conflict();
    },
  };

  // The real page takes an update in when nobody looks.
  function reloadWhenHidden() {
    Stream.needsUpdate = true;
    const look = () => document.hidden && location.reload();
    document.addEventListener('visibilitychange', look);
    look();
  }

  function lost() {
    socket = null;
    welcomed = false;
    if (silent) return;
    Stream.info = 'OFFLINE';
    Socket.stream = 'DISCONNECTED';
    setState('OPENING');
    BackendEventBus.trigger('socket_stream_disconnected');
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
    failures += 1;
    setTimeout(exports.connect, wait);
  }

  exports.connect = () => {
    if (socket || silent) return;
    Stream.info = 'OPENING';
    const mine = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
    socket = mine;
    mine.onopen = () => {
      if (account.login()) Stream.info = 'RESUMING';
      BackendEventBus.trigger('open_socket_stream');
      say({ type: 'hello', token: account.login()?.token ?? null, ...account.publicKeys() });
    };
    mine.onmessage = ({ data }) => {
      const word = JSON.parse(data);
      work = work.then(() => words[word.type]?.(word)).catch((error) => console.error(error));
    };
    mine.onclose = () => {
      if (socket === mine) lost();
    };
  };
  exports.conflict = () => {
    silent = true;
    welcomed = false;
    socket?.close();
    socket = null;
    setState('CONFLICT');
    Stream.mode = 'CONFLICT';
  };
  exports.takeOver = () => {
    silent = false;
    Stream.mode = 'MAIN';
    exports.connect();
  };
  exports.say = say;
  exports.isWelcome = () => welcomed;
  function ask(question, now) {
    lastRequest += 1;
    const word = { ...question, request: lastRequest };
    return new Promise((resolve) => {
      queries.set(word.request, { word, resolve });
      if (now) say(word);
    });
  }
  exports.queryExists = (user, server) => ask({ type: 'query_exists', user, server }, welcomed);
  exports.pairingCode = (phone) => ask({ type: 'pairing_code', phone }, true);
}, 98);
