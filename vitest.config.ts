import { defineConfig } from "vitest/config";
import { workerModules } from "./test/support/worker-modules.ts";

/** The same tests against the embedded engines and, where they are installed, against MariaDB and Redis. */
const BLACK_BOX = [
  "test/{auth,flows,mail,request,server}/**/*.test.ts",
  "test/resilience/**/*.test.ts",
  "test/contract/lucia.test.ts",
  "test/contract/adapter.test.ts",
];

/** What is looked at there is the same whatever engine answers, and some of it takes long. */
const EMBEDDED_ONLY = [
  "test/auth/adapter-methods.test.ts",
  "test/auth/revocation.test.ts",
  "test/resilience/cost.test.ts",
  "test/resilience/faults*.test.ts",
  "test/resilience/fuzz.test.ts",
  "test/resilience/load.test.ts",
  "test/request/timing.test.ts",
  "test/request/upstream-calls.test.ts",
  "test/server/security.test.ts",
];

/** The embedded engine lets writers in one by one, so that there is nothing to see. */
const REAL_ONLY = ["test/contract/deadlock.test.ts"];

/** Crowds meet deadlines that are real, and times are compared: only when nothing else runs. */
const ALONE = [
  "test/resilience/cost.test.ts",
  "test/resilience/concurrency.test.ts",
  "test/resilience/load.test.ts",
  "test/flows/signup/race.test.ts",
  "test/request/timing.test.ts",
];

/** `npm run test:resilience` has races and crowds share the machine: a core for each Worker, and nothing else runs. */
const APART = process.env["GATEHOUSE_RACES_TOGETHER"] === "1" ? [] : ALONE;

export default defineConfig({
  plugins: [workerModules],
  // As wrangler compiles it.
  oxc: { jsx: { runtime: "automatic", importSource: "#views", development: false } },
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    hookTimeout: 60_000,
    testTimeout: 30_000,
    pool: "forks",
    // Each file starts and ends what it needs; loading wrangler anew for each would take a third of the time.
    isolate: false,
    restoreMocks: true,
    // Much of the time is spent waiting; but the Worker's deadlines are real, and a crowded machine would miss them.
    maxWorkers: 3,
    server: { deps: { inline: ["@phi-ag/argon2"] } },
    projects: [
      // Modules that remember something (a queue, a clock) start anew in each file, whatever ran before it.
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"], isolate: true } },
      {
        extends: true,
        test: { name: "contract", include: ["test/contract/**/*.test.ts"], exclude: [...BLACK_BOX, ...REAL_ONLY] },
      },
      {
        extends: true,
        test: { name: "embedded", include: BLACK_BOX, exclude: APART, provide: { engines: "embedded" } },
      },
      {
        extends: true,
        test: {
          name: "real",
          include: [...BLACK_BOX, ...REAL_ONLY],
          exclude: [...EMBEDDED_ONLY, ...APART],
          provide: { engines: "real" },
        },
      },
      {
        extends: true,
        test: {
          name: "embedded-alone",
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          provide: { engines: "embedded" },
        },
      },
      {
        extends: true,
        test: {
          name: "real-alone",
          include: ALONE,
          exclude: EMBEDDED_ONLY,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          provide: { engines: "real" },
        },
      },
      {
        extends: true,
        test: { name: "browser", include: ["test/browser/**/*.test.ts"], provide: { engines: "embedded" } },
      },
    ],
  },
});
