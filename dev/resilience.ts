import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findMissingEngines } from "../test/support/real-engines.ts";

interface Step {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** Races depend on MySQL's locks, so they run on the real engines if these are installed. */
const RACE_ENGINES = findMissingEngines().length === 0 ? "real" : "embedded";

/** The steps run in this order. The last two compare times, so nothing else may run at the same time. */
const STEPS: readonly Step[] = [
  {
    name: "faults and noise",
    env: { GATEHOUSE_FAULT_CELLS: "Infinity", GATEHOUSE_RANDOM_REQUESTS: "50000" },
    args: ["--project", "embedded", "test/resilience/faults", "test/resilience/fuzz"],
  },
  {
    name: `races on the ${RACE_ENGINES} engines`,
    env: { GATEHOUSE_RACE_ROUNDS: "200", GATEHOUSE_RACES_TOGETHER: "1" },
    args: [
      "--project",
      RACE_ENGINES,
      "test/resilience/races",
      "test/resilience/factor-races",
      "test/resilience/revocation-races",
      "test/resilience/reservation-race",
      "test/resilience/concurrency",
    ],
  },
  {
    name: "races while replicas of Redis lag, and while it loses writes",
    env: { GATEHOUSE_RACE_ROUNDS: "200" },
    args: ["--project", "embedded", "test/resilience/revocation-races"],
  },
  {
    name: "the cost of requests",
    env: { GATEHOUSE_COST_REQUESTS: "50000" },
    args: ["--project", "measured", "test/resilience/cost"],
  },
  {
    name: "load",
    env: { GATEHOUSE_LOAD_PEOPLE: "100" },
    args: ["--project", "embedded-alone", "test/resilience/load"],
  },
  {
    name: "timing",
    env: { GATEHOUSE_TIMING_SAMPLES: "400" },
    args: ["--project", "measured", "test/request/timing"],
  },
];

const root = fileURLToPath(new URL("..", import.meta.url));
const results = STEPS.map(({ name, env, args }) => {
  const startedAt = Date.now();
  const { status } = spawnSync("npx", ["vitest", "run", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  return { name, ok: status === 0, seconds: Math.round((Date.now() - startedAt) / 1_000) };
});
for (const { name, ok, seconds } of results) console.log(`${ok ? "ok  " : "FAIL"} ${name}: ${seconds} s`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
