import { defineConfig } from "vitest/config";

// The built dashboard in a real browser, served by the real queue server as it was built last.
export default defineConfig({
  test: {
    include: ["tests/server/*.test.mjs"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
