import { Connection, getRequest } from "../load/connection.ts";
import type { Measurements } from "../measurements.ts";
import type { Plan } from "../plan.ts";
import { say } from "../progress.ts";
import { inTurns, lastOf } from "../rounds.ts";
import type { Stage } from "../stage.ts";

/** A start is short and varies, so it is measured more often. */
const STARTS_PER_ROUND = 3;

/** Measures the time from starting a process to its first response, a page that calls no store. */
export async function measureStartUp(stages: readonly Stage[], plan: Plan, measurements: Measurements): Promise<void> {
  const ready = stages.map((stage) => ({ stage }));
  for (let round = 0; round < plan.rounds * STARTS_PER_ROUND; round += 1) {
    for (const { stage } of inTurns(ready, round)) {
      const worker = await stage.start();
      const listening = performance.now() - worker.startedAt;
      const connection = await Connection.open(worker.port);
      const { status } = await connection.request(getRequest(worker.port, "/auth/signin"));
      const time = performance.now() - worker.startedAt;
      connection.close();
      await worker.stop();
      if (status !== 200) throw new Error(`${stage.variant} answered ${status}`);
      measurements.add("startup.listening", stage.variant, listening);
      measurements.add("startup.time", stage.variant, time);
    }
  }
  say(`start-up: ${lastOf("startup.time", ready, measurements)}`);
}
