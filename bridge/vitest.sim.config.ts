import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/sim/*.test.ts"],
    setupFiles: ["tests/sim/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // They wait more than they work. Each file has a rehearsal and a browser of its own; WebKit's pages share
    // a display, where a page that is not in front has slow timers.
    fileParallelism: process.env.BRIDGE_ENGINE !== "webkit",
    maxWorkers: 2,
  },
});
