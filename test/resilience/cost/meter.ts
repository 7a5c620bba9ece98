import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { isSleeping, readCpuTime } from "../../support/cpu-time.ts";
import { putBackKeys, putBackRows, type Snapshot } from "../snapshot.ts";
import type { RawRequest, Service } from "./service.ts";

export interface Cost {
  /** CPU time of workerd, from the request to the end of all work after the response. */
  readonly milliseconds: number;
  readonly status: number;
}

/**
 * For this many turns of this process's event loop, nothing may happen. A call that workerd has made can still be in
 * the kernel: its connection, its head and its body each take a turn of their own.
 */
const QUIET_TURNS = 6;

const READS = /^(?:SELECT|BEGIN|COMMIT|ROLLBACK|M?GET|RANGE)$/;

/** Sends requests one by one, each into the same state of the stores, and measures their cost. */
export class Meter {
  readonly #service: Service;
  readonly #snapshot: Snapshot;

  constructor(service: Service, snapshot: Snapshot) {
    this.#service = service;
    this.#snapshot = snapshot;
  }

  async measure(request: RawRequest): Promise<Cost> {
    for (;;) {
      const before = readCpuTime(this.#service.processId);
      const answer = await this.#service.send(request).catch(rethrowUnlessCutOff);
      await settle(this.#service);
      const milliseconds = readCpuTime(this.#service.processId) - before;
      await this.#restore();
      if (answer !== null) return { milliseconds, status: answer.status };
    }
  }

  async #restore(): Promise<void> {
    const { traffic } = this.#service.standIns;
    const written = new Set(
      traffic.calls.filter(({ operation }) => !READS.test(operation)).map(({ service }) => service),
    );
    if (written.has("database")) await putBackRows(this.#snapshot, this.#service);
    if (written.has("redis")) await putBackKeys(this.#snapshot, this.#service);
    traffic.clear();
  }
}

/**
 * A client that is still sending when workerd responds and closes the connection may lose the response. The request is
 * then sent again.
 */
function rethrowUnlessCutOff(error: NodeJS.ErrnoException): null {
  if (error.code === "EPIPE" || error.code === "ECONNRESET") return null;
  throw error;
}

/**
 * Waits until no call to the stores is open and no thread of workerd runs, so that the work after the response is done.
 */
export async function settle({ standIns: { traffic }, processId }: Service): Promise<void> {
  await sleep(1);
  for (let quiet = 0; quiet < QUIET_TURNS; ) {
    const isOpen = traffic.calls.some(({ endedAt }) => endedAt === Number.POSITIVE_INFINITY);
    quiet = !isOpen && isSleeping(processId) ? quiet + 1 : 0;
    await (quiet === 0 ? sleep(1) : turn());
  }
}
