/** The script-tag build: everything in one file, as the global `Playhead`. */
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: "src/index.ts", formats: ["iife"], name: "Playhead", fileName: () => "playhead.iife.js" },
    minify: true,
  },
});
