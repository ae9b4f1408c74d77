import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

// `public/.gitkeep` is copied into dist, which must exist in git for Tauri to compile.
export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    target: ["es2022", "safari16"],
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { app: "index.html" } },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    // A machine that is busy is slow, not wrong: tests wait for what they wait for.
    testTimeout: 30_000,
  },
});
