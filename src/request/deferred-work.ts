import { describeError, type Log } from "./log.ts";

/** Keeps the Worker running for work that outlives the answer. */
export interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

/** Work that waits for the answer, so that it neither holds it up nor decides it. */
export interface DeferredWork {
  /** Runs `work` once the answer is made; its failure is logged and nothing else. */
  defer(work: () => Promise<unknown>): void;
  /** Starts what was deferred, and whatever that defers. Called when the answer is made. */
  run(): void;
}

export function createDeferredWork(execution: Execution, log: Log): DeferredWork {
  const deferred: (() => Promise<unknown>)[] = [];
  const run = () => {
    for (const work of deferred.splice(0)) {
      const runOne = () => work().catch((error) => log("deferred-work-failed", describeError(error)));
      execution.waitUntil(runOne().then(run));
    }
  };
  return { defer: (work) => void deferred.push(work), run };
}
