/** Three projects: unit in this process, browser in a real Chromium against our own wire server, e2e against the local stack. */
import { defineConfig } from "vitest/config";

const browser = { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], unstubGlobals: true } },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/support/build.ts",
          ...browser,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/support/build.ts",
          ...browser,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
