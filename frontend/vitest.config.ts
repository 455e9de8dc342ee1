/** Three projects: unit in this process, browser in a real Chromium against our own wire server, e2e against the local stack. */
import { defineConfig } from "vitest/config";

const real = { testTimeout: 60_000, hookTimeout: 60_000, maxConcurrency: 4 };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.{ts,tsx}"], unstubGlobals: true } },
      {
        test: {
          ...real,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "test/support/build.ts",
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...real,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/support/stack.ts",
          testTimeout: 180_000,
          hookTimeout: 300_000,
          maxConcurrency: 5,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
