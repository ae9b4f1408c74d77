import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/sim/*.test.ts"],
    setupFiles: ["tests/sim/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // They wait more than they work, and each file has a rehearsal and a browser of its own. Two WebKits at once
    // on a busy machine lost the race of the test that goes back by the history.
    fileParallelism: process.env.BRIDGE_ENGINE !== "webkit",
    maxWorkers: 2,
  },
});
