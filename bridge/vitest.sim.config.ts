import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/sim/*.test.ts"],
    setupFiles: ["tests/sim/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
