import { defineConfig } from "vitest/config";

// Packages import each other's sources in tests, so no build is needed first.
const resolve = { conditions: ["@tsbx/source"] };
const ssr = { resolve };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: "bed",
          globalSetup: "scripts/build-packages.mjs",
          include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Most of their time goes into waiting for servers.
          maxWorkers: 2,
          // Real servers on a busy machine: a second try tells bad luck from a fault, and is shown with the test.
          retry: process.env.CI === "true" ? 1 : 0,
        },
      },
    ],
  },
});
