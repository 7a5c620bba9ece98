import { median } from "../../test/support/statistics.ts";
import type { Deployment } from "../deployment.ts";
import { Connection } from "../load/connection.ts";
import { saturate } from "../load/saturate.ts";
import type { Measurements } from "../measurements.ts";
import type { Metric } from "../metrics.ts";
import type { Plan } from "../plan.ts";
import { readCpuMilliseconds } from "../process-figures.ts";
import { logProgress } from "../progress.ts";
import { formatLatest, rotate } from "../rounds.ts";
import { countInstructions } from "./instructions.ts";
import { type ExpectedPage, makeReady, type ReadyPage } from "./ready-page.ts";

/** Each measurement begins with this warm-up, because the other variants have displaced the caches of the core. */
const REWARM_SECONDS = 0.5;

/** Measures the protected page: requests per second, CPU time of a request, and its duration with slow stores. */
export async function measurePage(
  deployments: readonly Deployment[],
  plan: Plan,
  measurements: Measurements,
): Promise<void> {
  const expected: ExpectedPage = {};
  const ready: ReadyPage[] = [];
  for (const deployment of deployments)
    ready.push(await makeReady(deployment, plan.page.connections, expected, measurements));
  logProgress("page: warming up");
  for (const { target } of ready) await saturate(target, plan.page.warmUpSeconds);
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of rotate(ready, round)) await measureRate(each, plan, measurements);
    logProgress(
      `page at saturation, round ${round + 1} of ${plan.rounds}: ${formatLatest("page.rate", ready, measurements)}`,
    );
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const each of rotate(ready, round)) await measureLatency(each, plan, measurements);
    logProgress(
      `page, 20 ms a call, round ${round + 1} of ${plan.rounds}: ${formatLatest("latency.20", ready, measurements)}`,
    );
  }
  for (const { worker } of ready) await worker.stop();
  for (const each of ready) await countInstructions(each, plan.page.countedRequests, measurements);
}

async function measureRate({ deployment, worker, target }: ReadyPage, { page }: Plan, measurements: Measurements) {
  await saturate(target, REWARM_SECONDS);
  const before = readCpuMilliseconds(worker.pid);
  const { responses, seconds } = await saturate(target, page.seconds);
  const after = readCpuMilliseconds(worker.pid);
  measurements.add("page.rate", deployment.variant, responses / seconds);
  if (before === null || after === null) return;
  measurements.add("page.cpu", deployment.variant, ((after - before) * 1_000) / responses);
  measurements.add("page.busy", deployment.variant, (after - before) / (seconds * 10));
}

async function measureLatency({ deployment, upstream, target }: ReadyPage, plan: Plan, measurements: Measurements) {
  const connection = await Connection.open(target.port);
  const [request = Buffer.alloc(0)] = target.requests;
  for (const { delayMilliseconds, requests } of plan.latency) {
    // The floor calls no store.
    if (deployment.variant === "floor" && delayMilliseconds > 0) continue;
    upstream.delayMilliseconds = delayMilliseconds;
    const times: number[] = [];
    for (let sent = 0; sent < requests; sent += 1) {
      const startedAt = performance.now();
      const { status } = await connection.request(request);
      if (status !== 200) throw new Error(`${deployment.variant} answered ${status}`);
      times.push(performance.now() - startedAt);
    }
    measurements.add(`latency.${delayMilliseconds}` as Metric, deployment.variant, median(times));
  }
  upstream.delayMilliseconds = 0;
  connection.close();
}
