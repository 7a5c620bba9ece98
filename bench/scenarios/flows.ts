import { countInSeries } from "@gatehouse/stand-ins";
import type { Browser } from "../../test/support/browser.ts";
import { median } from "../../test/support/statistics.ts";
import type { Deployment } from "../deployment.ts";
import type { Measurements } from "../measurements.ts";
import { browserAt, emailOf, signIn, signOut, signUp, waitUntilIdle } from "../people.ts";
import type { Plan } from "../plan.ts";
import { logProgress } from "../progress.ts";
import { formatLatest, rotate } from "../rounds.ts";
import type { WorkerProcess } from "../worker-process.ts";

/** The delay of each call while calls are counted. Long enough to distinguish sequential from concurrent calls. */
const COUNTING_DELAY_MILLISECONDS = 150;

const DELAY_MILLISECONDS = 20;

type Flow = "signup" | "signout" | "signin";

interface Ready {
  readonly deployment: Deployment;
  readonly worker: WorkerProcess;
}

/** Measures the calls of sign-up, sign-out and sign-in, and their duration with 20 ms per call. */
export async function measureFlows(
  deployments: readonly Deployment[],
  plan: Plan,
  measurements: Measurements,
): Promise<void> {
  const ready: Ready[] = [];
  for (const deployment of deployments) {
    const worker = await deployment.start();
    await deployment.standIns.reset();
    await countCalls(deployment, worker, measurements);
    ready.push({ deployment, worker });
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of rotate(ready, round)) await measureTimes(each, plan.flows.people, measurements);
    logProgress(
      `sign-in, 20 ms a call, round ${round + 1} of ${plan.rounds}: ${formatLatest("signin.time", ready, measurements)}`,
    );
  }
  for (const { deployment, worker } of ready) {
    await worker.stop();
    await deployment.standIns.reset();
  }
}

/** Signs the person with this number up, out and in. `around` runs each step. Rejects if the page does not open. */
async function runFlows(
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

async function countCalls(
  deployment: Deployment,
  { origin }: WorkerProcess,
  measurements: Measurements,
): Promise<void> {
  const { traffic } = deployment.standIns;
  // The first run is not counted, because it includes work that a process does only once.
  await runFlows(origin, 0, (_, run) => run());
  await runFlows(origin, 1, async (flow, run) => {
    await waitUntilIdle(deployment);
    traffic.clear();
    traffic.delayMs = COUNTING_DELAY_MILLISECONDS;
    await run();
    const answeredAt = performance.now();
    await waitUntilIdle(deployment, COUNTING_DELAY_MILLISECONDS);
    const before = traffic.calls.filter(({ startedAt }) => startedAt < answeredAt - COUNTING_DELAY_MILLISECONDS / 2);
    measurements.add(`${flow}.calls`, deployment.variant, before.length);
    measurements.add(`${flow}.series`, deployment.variant, countInSeries(before));
    measurements.add(`${flow}.after`, deployment.variant, traffic.calls.length - before.length);
    traffic.delayMs = 0;
  });
}

let people = 2;

async function measureTimes({ deployment, worker }: Ready, count: number, measurements: Measurements): Promise<void> {
  const times: Record<Flow, number[]> = { signup: [], signout: [], signin: [] };
  const { traffic } = deployment.standIns;
  for (let index = 0; index < count; index += 1) {
    people += 1;
    await runFlows(worker.origin, people, async (flow, run) => {
      await waitUntilIdle(deployment);
      traffic.clear();
      traffic.delayMs = DELAY_MILLISECONDS;
      const startedAt = performance.now();
      await run();
      times[flow].push(performance.now() - startedAt);
      traffic.delayMs = 0;
    });
  }
  for (const flow of ["signup", "signout", "signin"] as const) {
    measurements.add(`${flow}.time`, deployment.variant, median(times[flow]));
  }
}
