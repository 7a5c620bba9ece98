import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { findMissingEngines } from "./test/support/real-engines.ts";
import { workerModules } from "./test/support/worker-modules.ts";

/** Tests of the built Worker over HTTP. */
const BLACK_BOX = [
  "test/{auth,flows,mail,request,server}/**/*.test.ts",
  "test/resilience/**/*.test.ts",
  "test/contract/lucia.test.ts",
  "test/contract/adapter.test.ts",
];

/**
 * The black-box tests that depend on locks, on isolation or on data of an earlier release run on MariaDB and Redis. All other
 * behavior is the same on both engines, because the tests of the stand-ins compare the embedded engines to the real ones.
 */
const ON_REAL_ENGINES = [
  "test/contract/{lucia,adapter,deadlock,migrations}.test.ts",
  "test/auth/{growth,sessions,takeover}.test.ts",
  "test/mail/outbox.test.ts",
  "test/resilience/{races,factor-races,reservation-race}.test.ts",
  "test/server/former-release.test.ts",
];

/**
 * These have tests for one kind of engine only. upstream-calls.test.ts counts calls on the embedded engines, and sends every
 * statement and every script to the real ones.
 */
const ON_BOTH_ENGINES = [
  "test/request/upstream-calls.test.ts",
  "test/resilience/revocation-races.test.ts",
  "test/server/health.test.ts",
];

/** These compare the times of requests that come one by one, so each needs a core, and nothing else may run. */
const MEASURED = ["test/resilience/cost.test.ts", "test/request/timing.test.ts"];

/** In these, many requests at once meet real deadlines, so they need the machine for themselves. */
const ALONE = ["test/resilience/concurrency.test.ts", "test/resilience/load.test.ts", "test/flows/signup/race.test.ts"];
const HAS_REAL_ENGINES = findMissingEngines().length === 0;
const ALONE_ON_REAL_ENGINES = ["test/resilience/concurrency.test.ts", "test/flows/signup/race.test.ts"];

/** In `npm run test:resilience` these share the machine with the races: one core for each Worker, and nothing else runs. */
const RACES_TOGETHER = process.env["GATEHOUSE_RACES_TOGETHER"] === "1";
const APART = RACES_TOGETHER ? MEASURED : [...MEASURED, ...ALONE];
const NOT_ON_EMBEDDED_ENGINES = HAS_REAL_ENGINES && !RACES_TOGETHER ? ON_REAL_ENGINES : [];
const ON_REAL = [...ON_REAL_ENGINES, ...ON_BOTH_ENGINES];

/** These wait more than they compute, and would be the last ones to end. */
const LONGEST = ["test/request/upstream-calls.test.ts", "test/contract/commands.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((path) => moduleId.endsWith(path));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  plugins: [workerModules],
  // As wrangler compiles it.
  oxc: { jsx: { runtime: "automatic", importSource: "#views", development: false } },
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    setupFiles: ["test/support/print-logs.ts"],
    hookTimeout: 60_000,
    testTimeout: 30_000,
    pool: "forks",
    // Each file starts and ends what it needs. Loading wrangler again for each would take a third of the time.
    isolate: false,
    restoreMocks: true,
    // Much of the time is spent waiting. But the Worker's deadlines are real, and an overloaded machine would miss them.
    maxWorkers: 6,
    sequence: { sequencer: LongestFirst },
    // One line for each file, and the log of a test only if it fails.
    slowTestThreshold: Number.POSITIVE_INFINITY,
    silent: "passed-only",
    server: { deps: { inline: ["@phi-ag/argon2"] } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          setupFiles: ["test/support/fresh-modules.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          exclude: [...BLACK_BOX, ...ON_REAL_ENGINES],
        },
      },
      { extends: true, test: { name: "stand-ins", include: ["stand-ins/test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "embedded",
          include: BLACK_BOX,
          exclude: [...APART, ...NOT_ON_EMBEDDED_ENGINES],
          provide: { engines: "embedded" },
        },
      },
      {
        extends: true,
        test: {
          name: "real",
          include: RACES_TOGETHER ? [...ON_REAL, ...ALONE_ON_REAL_ENGINES] : ON_REAL,
          provide: { engines: "real" },
        },
      },
      {
        extends: true,
        test: {
          name: "measured",
          include: MEASURED,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          provide: { engines: "embedded" },
        },
      },
      {
        extends: true,
        test: {
          name: "embedded-alone",
          // Where there are no real engines, the embedded ones must do.
          include: HAS_REAL_ENGINES ? ["test/resilience/load.test.ts"] : ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          provide: { engines: "embedded" },
        },
      },
      {
        extends: true,
        test: {
          name: "real-alone",
          include: ALONE_ON_REAL_ENGINES,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          provide: { engines: "real" },
        },
      },
      // Builds four changed Workers. `npm test` leaves it out, and .ci/run runs it.
      {
        extends: true,
        test: { name: "how-to", include: ["test/how-to/**/*.test.ts"], provide: { engines: "embedded" } },
      },
      {
        extends: true,
        test: { name: "browser", include: ["test/browser/**/*.test.ts"], provide: { engines: "embedded" } },
      },
    ],
  },
});
