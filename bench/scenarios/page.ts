import { median } from "../../test/support/statistics.ts";
import { Connection } from "../load/connection.ts";
import { saturate } from "../load/saturate.ts";
import type { Measurements } from "../measurements.ts";
import type { Metric } from "../metrics.ts";
import type { Plan } from "../plan.ts";
import { readCpuMilliseconds } from "../process-figures.ts";
import { say } from "../progress.ts";
import { inTurns, lastOf } from "../rounds.ts";
import type { Stage } from "../stage.ts";
import { countInstructions } from "./instructions.ts";
import { type ExpectedPage, makeReady, type ReadyPage } from "./ready-page.ts";

/** Warms up before each measurement, because the other variants have used the caches of the core. */
const AGAIN_SECONDS = 0.5;

/** Measures the protected page: requests per second, the cost of one, and its time with slow stores. */
export async function measurePage(stages: readonly Stage[], plan: Plan, measurements: Measurements): Promise<void> {
  const expected: ExpectedPage = {};
  const ready: ReadyPage[] = [];
  for (const stage of stages) ready.push(await makeReady(stage, plan.page.connections, expected, measurements));
  say("page: warming up");
  for (const { target } of ready) await saturate(target, plan.page.warmUpSeconds);
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of inTurns(ready, round)) await measureRate(each, plan, measurements);
    say(`page at saturation, round ${round + 1} of ${plan.rounds}: ${lastOf("page.rate", ready, measurements)}`);
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of inTurns(ready, round)) await measureLatency(each, plan, measurements);
    say(`page, 20 ms a call, round ${round + 1} of ${plan.rounds}: ${lastOf("latency.20", ready, measurements)}`);
  }
  for (const { worker } of ready) await worker.stop();
  for (const each of ready) await countInstructions(each, plan.page.countedRequests, measurements);
}

async function measureRate({ stage, worker, target }: ReadyPage, { page }: Plan, measurements: Measurements) {
  await saturate(target, AGAIN_SECONDS);
  const before = readCpuMilliseconds(worker.pid);
  const { answers, seconds } = await saturate(target, page.seconds);
  const after = readCpuMilliseconds(worker.pid);
  measurements.add("page.rate", stage.variant, answers / seconds);
  if (before === null || after === null) return;
  measurements.add("page.cpu", stage.variant, ((after - before) * 1_000) / answers);
  measurements.add("page.busy", stage.variant, (after - before) / (seconds * 10));
}

async function measureLatency({ stage, upstream, target }: ReadyPage, plan: Plan, measurements: Measurements) {
  const connection = await Connection.open(target.port);
  const [request = Buffer.alloc(0)] = target.requests;
  for (const { delayMilliseconds, requests } of plan.latency) {
    // The floor calls no store.
    if (stage.variant === "floor" && delayMilliseconds > 0) continue;
    upstream.delayMilliseconds = delayMilliseconds;
    const times: number[] = [];
    for (let sent = 0; sent < requests; sent += 1) {
      const startedAt = performance.now();
      const { status } = await connection.request(request);
      if (status !== 200) throw new Error(`${stage.variant} answered ${status}`);
      times.push(performance.now() - startedAt);
    }
    measurements.add(`latency.${delayMilliseconds}` as Metric, stage.variant, median(times));
  }
  upstream.delayMilliseconds = 0;
  connection.close();
}
