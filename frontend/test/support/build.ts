/** Builds the pages that the tests open; once a run. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const PAGES = join(import.meta.dirname, "../pages");

export default async function setup(): Promise<void> {
  const input = readdirSync(PAGES)
    .filter(name => name.endsWith(".html"))
    .map(name => join(PAGES, name));
  await build({
    configFile: false,
    root: PAGES,
    logLevel: "warn",
    build: {
      outDir: join(import.meta.dirname, "../.build"),
      emptyOutDir: true,
      target: "es2022",
      minify: false,
      rolldownOptions: { input },
      chunkSizeWarningLimit: 5000,
    },
  });
}
