import { setTimeout as sleep } from "node:timers/promises";
import { readMemory } from "../../test/support/memory.ts";
import { median } from "../../test/support/statistics.ts";
import type { Deployment } from "../deployment.ts";
import { Connection, getRequest } from "../load/connection.ts";
import type { Measurements } from "../measurements.ts";
import { browserAt, emailOf, signIn, signUp, waitUntilIdle } from "../people.ts";
import type { Plan } from "../plan.ts";
import { readCpuMilliseconds, resetPeakMemory } from "../process-figures.ts";
import { logProgress } from "../progress.ts";
import { formatLatest, rotate } from "../rounds.ts";
import type { WorkerProcess } from "../worker-process.ts";

const CONCURRENT_SIGNINS = 8;

/** The pause between two sign-ins, so that work after the response is done and no hash is queued. */
const PAUSE_MILLISECONDS = 50;

/** The interval at which the static page is requested during the eight sign-ins. */
const POLL_MILLISECONDS = 5;

/** Measures eight concurrent sign-ins in a new Worker, and then single ones in sequence. */
export async function measurePassword(
  deployments: readonly Deployment[],
  plan: Plan,
  measurements: Measurements,
): Promise<void> {
  for (const deployment of deployments) await createAccounts(deployment);
  const ready = deployments.map((deployment) => ({ deployment }));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { deployment } of rotate(ready, round)) {
      const worker = await deployment.start();
      await measureConcurrent(deployment, worker, measurements);
      await measureAlone(deployment, worker, plan.password.checks, measurements);
      await worker.stop();
    }
    logProgress(
      `password check, round ${round + 1} of ${plan.rounds}: ${formatLatest("password.time", ready, measurements)}`,
    );
  }
}

async function createAccounts(deployment: Deployment): Promise<void> {
  const worker = await deployment.start();
  for (let index = 0; index < CONCURRENT_SIGNINS; index += 1) {
    await signUp(browserAt(worker.origin), emailOf(index));
    await waitUntilIdle(deployment);
  }
  await worker.stop();
}

/** Measures eight concurrent sign-ins, and the waits of a visitor who requests a static page meanwhile. */
async function measureConcurrent(
  deployment: Deployment,
  worker: WorkerProcess,
  measurements: Measurements,
): Promise<void> {
  const requestPage = await connectToStaticPage(worker);
  await requestPage();
  resetPeakMemory(worker.pid);
  const before = readMemory(worker.pid).megabytes;
  const waits: number[] = [];
  let areSignedIn = false;
  const polling = (async () => {
    while (!areSignedIn) {
      waits.push(await requestPage());
      await sleep(POLL_MILLISECONDS);
    }
  })();
  const startedAt = performance.now();
  const people = Array.from({ length: CONCURRENT_SIGNINS }, (_, index) =>
    signIn(browserAt(worker.origin), emailOf(index)),
  );
  await Promise.all(people);
  measurements.add("password.eight", deployment.variant, performance.now() - startedAt);
  areSignedIn = true;
  await polling;
  measurements.add("password.wait", deployment.variant, Math.max(...waits));
  measurements.add("password.typicalWait", deployment.variant, median(waits));
  const { peakMegabytes } = readMemory(worker.pid);
  if (peakMegabytes > 0) measurements.add("password.growth", deployment.variant, Math.max(0, peakMegabytes - before));
  await waitUntilIdle(deployment);
}

/** Opens a connection. The returned function requests the page once and resolves with the time in milliseconds. */
async function connectToStaticPage({ port }: WorkerProcess): Promise<() => Promise<number>> {
  const connection = await Connection.open(port);
  const request = getRequest(port, "/auth/signin");
  return async () => {
    const startedAt = performance.now();
    const { status } = await connection.request(request);
    if (status !== 200) throw new Error(`The static page answered ${status}`);
    return performance.now() - startedAt;
  };
}

async function measureAlone(
  { variant }: Deployment,
  { origin, pid }: WorkerProcess,
  checks: number,
  measurements: Measurements,
): Promise<void> {
  const times: number[] = [];
  const costs: number[] = [];
  for (let index = 0; index < checks; index += 1) {
    await sleep(PAUSE_MILLISECONDS);
    const before = readCpuMilliseconds(pid);
    const startedAt = performance.now();
    await signIn(browserAt(origin), emailOf(index % CONCURRENT_SIGNINS));
    times.push(performance.now() - startedAt);
    const after = readCpuMilliseconds(pid);
    if (before !== null && after !== null) costs.push(after - before);
  }
  measurements.add("password.time", variant, median(times));
  if (costs.length > 0) measurements.add("password.cpu", variant, median(costs));
}
