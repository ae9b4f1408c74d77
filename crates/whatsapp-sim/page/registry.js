// The module registry: `__d` registers, `require` executes a factory once and returns its exports,
// `require('__debug').modulesMap` lists what is registered. Page faults (dropped, renamed, throwing
// modules) concern what others see; the page's own modules keep finding each other.
(() => {
  const { knobs } = JSON.parse(document.querySelector('meta[name="rehearsal"]').content);
  const own = Object.create(null);
  const modulesMap = Object.create(null);

  function execute(module) {
    if (!module.executed) {
      module.executed = true;
      try {
        module.factory.call(
          globalThis,
          globalThis,
          ownRequire,
          ownDefault,
          ownRequire,
          requireLazy,
          module,
          module.exports,
        );
      } catch (error) {
        module.executed = false;
        throw error;
      }
    }
    return module.exports;
  }

  function unknown(id) {
    return new Error(`Requiring unknown module "${id}"`);
  }

  function ownRequire(id) {
    const module = own[id];
    if (!module) throw unknown(id);
    return execute(module);
  }

  function ownDefault(id) {
    const exports = ownRequire(id);
    return 'default' in exports ? exports.default : exports;
  }

  function require(id) {
    if (id === '__debug') return { modulesMap };
    const module = modulesMap[id];
    if (!module) throw unknown(id);
    if (knobs.throwModules.includes(id)) throw new Error(`Module "${id}" failed to execute`);
    return execute(module);
  }

  function importDefault(id) {
    const exports = require(id);
    return 'default' in exports ? exports.default : exports;
  }

  function requireLazy(ids, callback) {
    queueMicrotask(() => callback(...ids.map(ownRequire)));
  }

  function define(id, dependencies, factory, special) {
    if (own[id]) return;
    const module = { id, dependencies, factory, special, exports: {}, executed: false };
    own[id] = module;
    if (knobs.dropModules.includes(id)) return;
    modulesMap[knobs.renameModules[id] ?? id] = module;
  }

  globalThis.ErrorGuard = { skipGuardGlobal() {} };
  globalThis.importDefault = importDefault;
  globalThis.importNamespace = require;
  globalThis.requireLazy = requireLazy;
  globalThis.require = require;
  globalThis.__d = define;

  define('SimKnobs', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
    exports.knobs = knobs;
    exports.turn = (now) => Object.assign(knobs, { hangCalls: now.hangCalls, loginMs: now.loginMs, lidChats: now.lidChats, followChats: now.followChats });
    exports.hangs = (call) => knobs.hangCalls.includes(call);
    exports.never = () => new Promise(() => {});
  });
})();
