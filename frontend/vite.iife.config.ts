/** The script-tag build: everything in one file, as the global `Playhead`. */
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: "src/script.ts", formats: ["iife"], name: "Playhead", fileName: () => "playhead.iife.js" },
    minify: "terser",
    terserOptions: { ecma: 2020, toplevel: true, compress: { passes: 3, unsafe_arrows: true, inline: 1 } },
    rolldownOptions: { output: { generatedCode: { symbols: false } } },
  },
});
