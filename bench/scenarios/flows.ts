import { countInSeries } from "@gatehouse/stand-ins";
import type { Browser } from "../../test/support/browser.ts";
import { median } from "../../test/support/statistics.ts";
import type { Measurements } from "../measurements.ts";
import { browserAt, emailOf, settle, signIn, signOut, signUp } from "../people.ts";
import type { Plan } from "../plan.ts";
import { say } from "../progress.ts";
import { inTurns, lastOf } from "../rounds.ts";
import type { Stage } from "../stage.ts";
import type { WorkerProcess } from "../worker-process.ts";

/** Long enough to distinguish calls in sequence from concurrent calls. */
const COUNTING_DELAY_MILLISECONDS = 150;

const DELAY_MILLISECONDS = 20;

type Flow = "signup" | "signout" | "signin";

interface Ready {
  readonly stage: Stage;
  readonly worker: WorkerProcess;
}

/** Measures sign-up, sign-out and sign-in: their calls, and their time with 20 ms per call. */
export async function measureFlows(stages: readonly Stage[], plan: Plan, measurements: Measurements): Promise<void> {
  const ready: Ready[] = [];
  for (const stage of stages) {
    const worker = await stage.start();
    await stage.standIns.reset();
    await countCalls(stage, worker, measurements);
    ready.push({ stage, worker });
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of inTurns(ready, round)) await measureTimes(each, plan.flows.people, measurements);
    say(`sign-in, 20 ms a call, round ${round + 1} of ${plan.rounds}: ${lastOf("signin.time", ready, measurements)}`);
  }
  for (const { stage, worker } of ready) {
    await worker.stop();
    await stage.standIns.reset();
  }
}

/** The person with that number signs up, out and in. `around` wraps each step. */
async function passThrough(
  origin: string,
  number: number,
  around: (flow: Flow, run: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const browser = browserAt(origin);
  const email = emailOf(number);
  await around("signup", () => signUp(browser, email));
  await around("signout", () => signOut(browser));
  await around("signin", () => signIn(browser, email));
  await requirePage(browser);
}

async function requirePage(browser: Browser): Promise<void> {
  const { status } = await browser.open("/app");
  if (status !== 200) throw new Error(`Signed in, but /app answers ${status}`);
}

async function countCalls(stage: Stage, { origin }: WorkerProcess, measurements: Measurements): Promise<void> {
  const { traffic } = stage.standIns;
  // The first run would include work that a process does only once.
  await passThrough(origin, 0, (_, run) => run());
  await passThrough(origin, 1, async (flow, run) => {
    await settle(stage);
    traffic.clear();
    traffic.delayMs = COUNTING_DELAY_MILLISECONDS;
    await run();
    const answeredAt = performance.now();
    await settle(stage, COUNTING_DELAY_MILLISECONDS);
    const before = traffic.calls.filter(({ startedAt }) => startedAt < answeredAt - COUNTING_DELAY_MILLISECONDS / 2);
    measurements.add(`${flow}.calls`, stage.variant, before.length);
    measurements.add(`${flow}.series`, stage.variant, countInSeries(before));
    measurements.add(`${flow}.after`, stage.variant, traffic.calls.length - before.length);
    traffic.delayMs = 0;
  });
}

let people = 2;

async function measureTimes({ stage, worker }: Ready, count: number, measurements: Measurements): Promise<void> {
  const times: Record<Flow, number[]> = { signup: [], signout: [], signin: [] };
  const { traffic } = stage.standIns;
  for (let index = 0; index < count; index += 1) {
    people += 1;
    await passThrough(worker.origin, people, async (flow, run) => {
      await settle(stage);
      traffic.clear();
      traffic.delayMs = DELAY_MILLISECONDS;
      const startedAt = performance.now();
      await run();
      times[flow].push(performance.now() - startedAt);
      traffic.delayMs = 0;
    });
  }
  for (const flow of ["signup", "signout", "signin"] as const) {
    measurements.add(`${flow}.time`, stage.variant, median(times[flow]));
  }
}
