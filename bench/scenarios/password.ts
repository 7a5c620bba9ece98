import { setTimeout as sleep } from "node:timers/promises";
import { readMemory } from "../../test/support/memory.ts";
import { median } from "../../test/support/statistics.ts";
import { Connection, getRequest } from "../load/connection.ts";
import type { Measurements } from "../measurements.ts";
import { browserAt, emailOf, settle, signIn, signUp } from "../people.ts";
import type { Plan } from "../plan.ts";
import { forgetPeak, readCpuMilliseconds } from "../process-figures.ts";
import { say } from "../progress.ts";
import { inTurns, lastOf } from "../rounds.ts";
import type { Stage } from "../stage.ts";
import type { WorkerProcess } from "../worker-process.ts";

const AT_ONCE = 8;

/** Pause between two sign-ins, so that work after the response is done and no hash is queued. */
const PAUSE_MILLISECONDS = 50;

/** The interval at which the static page is requested during the eight sign-ins. */
const LOOK_MILLISECONDS = 5;

/** Measures a password check: one alone, and eight at once in a new Worker. */
export async function measurePassword(stages: readonly Stage[], plan: Plan, measurements: Measurements): Promise<void> {
  for (const stage of stages) await settleIn(stage);
  const ready = stages.map((stage) => ({ stage }));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { stage } of inTurns(ready, round)) {
      const worker = await stage.start();
      await crowd(stage, worker, measurements);
      await checkAlone(stage, worker, plan.password.checks, measurements);
      await worker.stop();
    }
    say(`password check, round ${round + 1} of ${plan.rounds}: ${lastOf("password.time", ready, measurements)}`);
  }
}

async function settleIn(stage: Stage): Promise<void> {
  const worker = await stage.start();
  for (let index = 0; index < AT_ONCE; index += 1) {
    await signUp(browserAt(worker.origin), emailOf(index));
    await settle(stage);
  }
  await worker.stop();
}

/** Eight concurrent sign-ins, and a visitor who opens a static page. */
async function crowd(stage: Stage, worker: WorkerProcess, measurements: Measurements): Promise<void> {
  const look = await openStaticPage(worker);
  await look();
  forgetPeak(worker.pid);
  const before = readMemory(worker.pid).megabytes;
  const waits: number[] = [];
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      waits.push(await look());
      await sleep(LOOK_MILLISECONDS);
    }
  })();
  const startedAt = performance.now();
  const people = Array.from({ length: AT_ONCE }, (_, index) => signIn(browserAt(worker.origin), emailOf(index)));
  await Promise.all(people);
  measurements.add("password.eight", stage.variant, performance.now() - startedAt);
  isOver = true;
  await looking;
  measurements.add("password.wait", stage.variant, Math.max(...waits));
  measurements.add("password.typicalWait", stage.variant, median(waits));
  const { peakMegabytes } = readMemory(worker.pid);
  if (peakMegabytes > 0) measurements.add("password.growth", stage.variant, Math.max(0, peakMegabytes - before));
  await settle(stage);
}

/** Requests the page once and returns the milliseconds that it took. */
async function openStaticPage({ port }: WorkerProcess): Promise<() => Promise<number>> {
  const connection = await Connection.open(port);
  const request = getRequest(port, "/auth/signin");
  return async () => {
    const startedAt = performance.now();
    const { status } = await connection.request(request);
    if (status !== 200) throw new Error(`The static page answered ${status}`);
    return performance.now() - startedAt;
  };
}

async function checkAlone(
  { variant }: Stage,
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
    await signIn(browserAt(origin), emailOf(index % AT_ONCE));
    times.push(performance.now() - startedAt);
    const after = readCpuMilliseconds(pid);
    if (before !== null && after !== null) costs.push(after - before);
  }
  measurements.add("password.time", variant, median(times));
  if (costs.length > 0) measurements.add("password.cpu", variant, median(costs));
}
