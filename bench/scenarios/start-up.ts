import type { Deployment } from "../deployment.ts";
import { Connection, getRequest } from "../load/connection.ts";
import type { Measurements } from "../measurements.ts";
import type { Plan } from "../plan.ts";
import { logProgress } from "../progress.ts";
import { formatLatest, rotate } from "../rounds.ts";

/** A start is short and its time varies, so each round measures it several times. */
const STARTS_PER_ROUND = 3;

/** Measures the time from the start of a process to its first response, which is a page that calls no store. */
export async function measureStartUp(
  deployments: readonly Deployment[],
  plan: Plan,
  measurements: Measurements,
): Promise<void> {
  const ready = deployments.map((deployment) => ({ deployment }));
  for (let round = 0; round < plan.rounds * STARTS_PER_ROUND; round += 1) {
    for (const { deployment } of rotate(ready, round)) {
      const worker = await deployment.start();
      const listening = performance.now() - worker.startedAt;
      const connection = await Connection.open(worker.port);
      const { status } = await connection.request(getRequest(worker.port, "/auth/signin"));
      const time = performance.now() - worker.startedAt;
      connection.close();
      await worker.stop();
      if (status !== 200) throw new Error(`${deployment.variant} answered ${status}`);
      measurements.add("startup.listening", deployment.variant, listening);
      measurements.add("startup.time", deployment.variant, time);
    }
  }
  logProgress(`start-up: ${formatLatest("startup.time", ready, measurements)}`);
}
