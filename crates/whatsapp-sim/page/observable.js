// Emitters, models that tell each change of a property, and collections of them.
__d('WAWebEventEmitter', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const hidden = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, configurable: true });

  class EventEmitter {
    constructor() {
      hidden(this, '_listeners', new Map());
    }
    on(names, callback, context) {
      if (typeof callback !== 'function') {
        throw new TypeError('Callback parameter passed is not a function');
      }
      for (const name of String(names).split(/\s+/)) {
        const list = this._listeners.get(name) ?? [];
        this._listeners.set(name, [...list, { callback, context }]);
      }
      return this;
    }
    once(name, callback, context) {
      const once = (...parts) => {
        this.off(name, once);
        callback.apply(context ?? this, parts);
      };
      once.original = callback;
      return this.on(name, once, context);
    }
    off(name, callback) {
      if (name === undefined) this._listeners.clear();
      else if (callback === undefined) this._listeners.delete(name);
      else {
        const kept = (this._listeners.get(name) ?? []).filter(
          (it) => it.callback !== callback && it.callback.original !== callback,
        );
        this._listeners.set(name, kept);
      }
      return this;
    }
    trigger(name, ...parts) {
      for (const listeners of [this._listeners.get(name), this._listeners.get('all')]) {
        for (const { callback, context } of listeners ?? []) {
          const given = listeners === this._listeners.get(name) ? parts : [name, ...parts];
          try {
            callback.apply(context ?? this, given);
          } catch (error) {
            console.error(error);
          }
        }
      }
      return this;
    }
    listenTo(other, name, callback) {
      other.on(name, callback, this);
      return this;
    }
    listenToOnce(other, name, callback) {
      other.once(name, callback, this);
      return this;
    }
    listenToAndRun(other, name, callback) {
      callback.call(this);
      return this.listenTo(other, name, callback);
    }
    stopListening(other, name, callback) {
      other?.off(name, callback);
      return this;
    }
    isListening(name) {
      return (this._listeners.get(name) ?? []).length > 0;
    }
    removeAllListeners() {
      return this.off();
    }
  }
  const prototype = EventEmitter.prototype;
  hidden(prototype, 'bind', prototype.on);
  hidden(prototype, 'addListener', prototype.on);
  hidden(prototype, 'unbind', prototype.off);
  hidden(prototype, 'removeListener', prototype.off);
  hidden(prototype, 'emit', function emit(...all) {
    return this.trigger(...all);
  });
  exports.default = EventEmitter;
  exports.hidden = hidden;
}, 98);

__d('WAWebBaseModel', ['WAWebEventEmitter'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { default: EventEmitter, hidden } = require('WAWebEventEmitter');

  class BaseModel extends EventEmitter {
    constructor(properties = {}, options = {}) {
      super();
      hidden(this, 'attributes', {});
      hidden(this, '_collections', new Set());
      for (const [name, value] of Object.entries({ ...this.constructor.defaults, ...properties })) {
        this._declare(name);
        this.attributes[name] = value;
      }
      if (options.collection) this.collection = options.collection;
      this.initialize();
    }
    initialize() {}
    get isState() {
      return true;
    }
    _declare(name) {
      if (name in this) return;
      Object.defineProperty(this, name, {
        enumerable: true,
        configurable: true,
        get: () => this.attributes[name],
        set: (value) => this.set({ [name]: value }),
      });
    }
    get(name) {
      return this[name];
    }
    set(first, second) {
      const values = typeof first === 'string' ? { [first]: second } : first;
      const changed = [];
      for (const [name, value] of Object.entries(values)) {
        this._declare(name);
        if (Object.is(this.attributes[name], value)) continue;
        this.attributes[name] = value;
        changed.push(name);
      }
      for (const name of changed) this.trigger(`change:${name}`, this, this.attributes[name]);
      if (changed.length > 0) this.trigger('change', this);
      return this;
    }
    unset(name) {
      return this.set({ [name]: undefined });
    }
    trigger(name, ...parts) {
      super.trigger(name, ...parts);
      for (const collection of this._collections) collection.trigger(name, ...parts);
      return this;
    }
    serialize() {
      return { ...this.attributes };
    }
    toJSON() {
      return this.serialize();
    }
  }

  exports.BaseModel = BaseModel;
  exports.defineModel = (Model, proxyName, defaults = {}) => {
    Model.defaults = defaults;
    Model.prototype.proxyName = proxyName;
    return Model;
  };
}, 98);

__d('WAWebCollection', ['WAWebEventEmitter'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const { default: EventEmitter, hidden } = require('WAWebEventEmitter');
  const keyOf = (given) => String(given.isState ? given.id : given);

  class Collection extends EventEmitter {
    constructor() {
      super();
      if (!this.constructor.model) throw new Error('Collection initialized without model');
      hidden(this, 'modelClass', this.constructor.model);
      hidden(this, '_models', []);
      hidden(this, '_index', Object.create(null));
    }
    get length() {
      return this._models.length;
    }
    add(values, options = {}) {
      const many = Array.isArray(values);
      const added = (many ? values : [values]).map((value) => {
        const key = keyOf(value.id);
        const known = this._index[key];
        if (known) {
          if (options.merge && known !== value) known.set(value.attributes ?? value);
          return known;
        }
        const model = value instanceof this.modelClass ? value : new this.modelClass(value);
        this._models.push(model);
        this._index[key] = model;
        model._collections?.add(this);
        if (!options.silent) this.trigger('add', model, this);
        return model;
      });
      return many ? added : added[0];
    }
    remove(value) {
      const model = this.get(value);
      if (!model) return [];
      delete this._index[keyOf(model.id)];
      this._models.splice(this._models.indexOf(model), 1);
      model._collections?.delete(this);
      this.trigger('remove', model, this);
      return [model];
    }
    reset() {
      for (const model of this._models) model._collections?.delete(this);
      this._models.length = 0;
      for (const key of Object.keys(this._index)) delete this._index[key];
      this.trigger('reset', this);
    }
    get(id) {
      return id === undefined || id === null ? undefined : this._index[keyOf(id)];
    }
    assertGet(id) {
      const model = this.get(id);
      if (!model) throw new Error(`no model ${keyOf(id)}`);
      return model;
    }
    at(position) {
      return this._models.at(position);
    }
    head() {
      return this._models[0];
    }
    last() {
      return this._models.at(-1);
    }
    includes(model) {
      return this._models.includes(model);
    }
    findFirst(predicate) {
      return this._models.find(predicate);
    }
    getModelsArray() {
      return this._models.slice();
    }
    toArray() {
      return this._models.slice();
    }
    toJSON() {
      return this._models.map((model) => model.toJSON());
    }
    serialize() {
      return this.toJSON();
    }
  }
  for (const name of ['forEach', 'map', 'filter', 'some', 'every', 'reduce', 'slice', 'indexOf', 'lastIndexOf']) {
    hidden(Collection.prototype, name, function each(...parts) {
      return this._models[name](...parts);
    });
  }
  exports.default = Collection;
}, 98);

__d('WAWebBaseCollection', ['WAWebCollection'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const Collection = require('WAWebCollection').default;
  exports.BaseCollection = class BaseCollection extends Collection {
    find(id) {
      const model = this.get(id);
      return model ? Promise.resolve(model) : Promise.reject(new Error('not found'));
    }
    findQuery(id) {
      return Promise.resolve(this.get(id));
    }
    gadd(id) {
      return this.get(id) ?? this.add({ id });
    }
  };
}, 98);
