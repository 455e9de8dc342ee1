/** The page: a static site with relative paths, to be served where `/v1` and `/local` are its own origin's. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const stack = process.env.PLAYHEAD_URL ?? "http://127.0.0.1:3000";

export default defineConfig({
  root: "page",
  base: "./",
  plugins: [react()],
  build: { outDir: "../dist-page", emptyOutDir: true, target: "es2022" },
  server: { proxy: { "/v1": stack, "/local": stack, "/page/clips": stack } },
});
