import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 5173, strictPort: true, host: "localhost" },
  // The window's policy allows scripts, styles and fonts as files only, so nothing may be inlined.
  // One chunk is right for files that lie on the same disk.
  build: { target: ["es2022", "safari16"], assetsInlineLimit: 0, chunkSizeWarningLimit: 1_000, outDir: "dist", emptyOutDir: true },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test/setup.ts"],
    restoreMocks: true,
    css: false,
    testTimeout: 90_000,
    // A whole page of markup per failure hides the failure.
    env: { DEBUG_PRINT_LIMIT: "0" },
  },
});
