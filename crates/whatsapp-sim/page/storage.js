// What survives a reload and a kill: two IndexedDB databases. A write resolves once it is
// committed: a killed process loses nothing, as with the real page.
__d('SimStorage', [], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const layout = { wawc: ['user'], 'model-storage': ['message', 'chat'] };
  const opened = new Map();

  function open(name) {
    if (!opened.has(name)) {
      opened.set(
        name,
        new Promise((resolve, reject) => {
          const request = indexedDB.open(name, 1);
          request.onupgradeneeded = () => {
            for (const store of layout[name]) request.result.createObjectStore(store, { keyPath: 'key' });
          };
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        }),
      );
    }
    return opened.get(name);
  }

  async function write(name, store, work) {
    const database = await open(name);
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, 'readwrite', { durability: 'relaxed' });
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
      work(transaction.objectStore(store));
      transaction.commit?.();
    });
  }

  const databaseOf = (store) => Object.keys(layout).find((name) => layout[name].includes(store));

  exports.put = (store, ...rows) =>
    write(databaseOf(store), store, (into) => {
      for (const row of rows) into.put(row);
    });

  exports.all = async (store) => {
    const database = await open(databaseOf(store));
    return new Promise((resolve, reject) => {
      const request = database.transaction(store).objectStore(store).getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  };

  exports.clear = async () => {
    for (const [name, stores] of Object.entries(layout)) {
      for (const store of stores) await write(name, store, (into) => into.clear());
    }
    localStorage.clear();
    sessionStorage.clear();
    document.cookie = 'wa_device=; path=/; max-age=0; samesite=strict';
  };
}, 98);
