// The weight of the real page, when the knob asks for it: what the made-up modules keep alive, which
// of them run at the start, and the further databases. It changes nothing of what the page does.
__d('SimWeight', ['SimKnobs'], (global, require, importDefault, importNamespace, lazy, module, exports) => {
  const RUN = 4000;
  const SLICE = 100;
  const DATABASES = ['wawc_db_enc', 'signal-storage', 'jobs-storage', 'fts-storage', 'offd-storage', 'lru-media-storage-idb', 'sw', 'workerStorage', 'keyval-store'];
  const ROWS = 200;
  const name = (at) => `WAWebRehearsalWeight${String(at).padStart(5, '0')}`;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

  // What one module keeps: some 15 KB when the page runs it, less when only a search does.
  exports.keep = (number, run) => {
    const kept = [];
    for (let at = 0; at < (number < RUN ? 80 : 25); at += 1) kept.push({ id: number * 1000 + at, name: `kept by ${number} as ${at}`, run, tags: [at, number, at * number] });
    return kept;
  };

  async function run() {
    for (let at = 0; at < RUN; at += 1) {
      require(name(at));
      if (at % SLICE === 0) await pause();
    }
  }
  const fill = (database) =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(database, 1);
      request.onupgradeneeded = () => {
        const store = request.result.createObjectStore('rows', { keyPath: 'key' });
        for (let key = 0; key < ROWS; key += 1) store.put({ key, text: String(key).padEnd(1024, '.') });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  exports.load = async () => {
    if (require('SimKnobs').knobs.weight !== 'heavy') return;
    await run();
    exports.databases = await Promise.all(DATABASES.map(fill));
  };
}, 98);
