// Who this page is: the linked account and device, and the keys in its QR code.
__d('SimAccount', ['SimStorage', 'WAWebWidFactory', 'WABase64'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const storage = require('SimStorage');
  const { createWid } = require('WAWebWidFactory');
  const { encodeB64 } = require('WABase64');
  const state = { login: null, keys: null };

  const random = (length) => crypto.getRandomValues(new Uint8Array(length)).buffer;

  exports.load = async () => {
    const rows = Object.fromEntries((await storage.all('user')).map((row) => [row.key, row]));
    state.login = rows.login ?? null;
    state.keys = rows.keys ?? null;
    if (!state.keys) {
      state.keys = { key: 'keys', noise: random(32), identity: random(32), adv: random(32), registrationId: 1 + Math.floor(Math.random() * 16380) };
      await storage.put('user', state.keys);
    }
    if (state.login) exports.showToOthers();
  };
  exports.keep = async (login) => {
    await storage.put('user', { ...login, key: 'login' });
    state.login = login;
    exports.showToOthers();
  };
  exports.showToOthers = () => {
    const { user, device, token } = state.login;
    localStorage.setItem('last-wid-md', JSON.stringify(`${user}:${device}@c.us`));
    document.cookie = `wa_device=${token}; path=/; max-age=31536000; samesite=strict`;
  };
  exports.forget = () => {
    state.login = null;
  };
  exports.login = () => state.login;
  exports.keys = () => state.keys;
  exports.publicKeys = () => ({
    noise: encodeB64(state.keys.noise),
    identity: encodeB64(state.keys.identity),
    adv: encodeB64(state.keys.adv),
  });
  exports.wid = (kind) => {
    if (!state.login) return undefined;
    const { user, device, lid } = state.login;
    const all = { pn: `${user}@c.us`, pnDevice: `${user}:${device}@c.us`, lid: `${lid}@lid`, lidDevice: `${lid}:${device}@lid` };
    return createWid(all[kind]);
  };
}, 98);

__d('WAWebUserPrefsMeUser', ['SimAccount'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const account = require('SimAccount');
  const orThrow = (kind) => () => {
    const wid = account.wid(kind);
    if (!wid) throw new Error('me: not logged in');
    return wid;
  };
  exports.getMaybeMePnUser = () => account.wid('pn');
  exports.getMaybeMeUser = exports.getMaybeMePnUser;
  exports.getMaybeMeLidUser = () => account.wid('lid');
  exports.getMaybeMeDevicePn = () => account.wid('pnDevice');
  exports.getMaybeMeDeviceLid = () => account.wid('lidDevice');
  exports.getMePnUserOrThrow = orThrow('pn');
  exports.getMeLidUserOrThrow = orThrow('lid');
  exports.getMeDevicePnOrThrow = orThrow('pnDevice');
  exports.getMeDeviceLidOrThrow = orThrow('lidDevice');
  exports.getMePNandLIDWids = () => [account.wid('pnDevice'), account.wid('lidDevice')];
  exports.isMeAccount = (wid) => ['pn', 'lid'].some((kind) => account.wid(kind)?.isSameAccount(wid));
  exports.isMeUser = exports.isMeAccount;
  exports.getMaybeMeDisplayName = () => account.login()?.name;
}, 98);

__d('WAWebUserPrefsIsLoggedIn', ['SimAccount'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.isLoggedIn = () => require('SimAccount').login() !== null;
}, 98);

__d('WAWebUserPrefsMultiDevice', ['SimAccount'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.isRegistered = () => require('SimAccount').login() !== null;
  exports.getADVSecretKey = () => require('SimAccount').publicKeys().adv;
}, 98);

__d('WAWebUserPrefsInfoStore', ['SimAccount'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.waNoiseInfo = {
    get: async () => ({ staticKeyPair: { pubKey: require('SimAccount').keys().noise } }),
  };
}, 98);

__d('WAWebSignalStoreApi', ['SimAccount'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.waSignalStore = {
    getRegistrationInfo: async () => {
      const { identity, registrationId } = require('SimAccount').keys();
      return { registrationId, identityKeyPair: { pubKey: identity } };
    },
  };
}, 98);

__d('WAWebAdvSignatureApi', ['SimAccount'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  exports.getADVSecretKey = () => require('SimAccount').publicKeys().adv;
  exports.setADVSignedIdentity = () => {};
}, 98);
