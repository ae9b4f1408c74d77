import { rename } from "node:fs/promises";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** The page that `hotdesk-server` serves at `/`, in a folder of its own: the desktop must not carry it. */
export default defineConfig({
  plugins: [
    svelte(),
    {
      name: "as-index",
      closeBundle: () => rename("dist-dashboard/dashboard.html", "dist-dashboard/index.html"),
    },
  ],
  clearScreen: false,
  server: {
    host: "127.0.0.1",
    port: 1421,
    strictPort: true,
    open: "/dashboard.html",
    // A queue server that was started beside it.
    proxy: { "/api": process.env.HOTDESK_SERVER ?? "http://127.0.0.1:8750" },
  },
  build: {
    outDir: "dist-dashboard",
    target: ["es2022", "safari16"],
    emptyOutDir: true,
    // The CSP has no `data:` for fonts and scripts, and small files are as well cached by name.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { dashboard: "dashboard.html" } },
  },
});
