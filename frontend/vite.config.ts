/** The library: ESM for bundlers, with its one dependency left outside. */
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    lib: { entry: { index: "src/index.ts", react: "src/react.ts" }, formats: ["es"] },
    rolldownOptions: { external: ["idb-keyval", "react"], output: { chunkFileNames: "[name].js" } },
    sourcemap: true,
    minify: true,
  },
});
