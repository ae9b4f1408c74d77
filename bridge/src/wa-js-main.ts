/**
 * The second bundle, `dist/wa-js-adapter.js`: the library wa-js, unmodified, told to talk to
 * nobody. It costs 35-70 MB of heap, so it is not in every page:
 *
 * 1. The app probes. `missing` is not empty: the self-test of `modules` has failed.
 * 2. The app evaluates this file's text in the page, by the same way as the bridge's calls, never
 *    as an initialization script and never by a `script` element (the page's policy forbids it).
 *    It evaluates to nothing and does nothing else.
 * 3. The app evaluates `window["<name>"].adopt("<key>")`; `{"ok":true,…}` says that the bridge has
 *    it. Asking again is harmless.
 * 4. It goes on probing. Within some seconds, once wa-js has found everything, the probe says
 *    `adapter: "wa-js"`, `missing: []`, and sends go the same way as before, by the same rules.
 *    Where it lacks something too, the probe keeps naming what `modules` lacks, and nothing is sent.
 *
 * All this is for one load of the page: a new generation starts again with `modules` alone.
 */
import "./wa-js/configure";
import "@wppconnect/wa-js";
