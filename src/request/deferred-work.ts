import { describeError, type Log } from "./log.ts";

/** Keeps the Worker running for work that continues after the response was sent. */
export interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

/** Work that runs after the response was created, so that it neither delays nor changes the response. */
export interface DeferredWork {
  /** Runs `work` after the response was created. If it fails, the error is only logged. */
  defer(work: () => Promise<unknown>): void;
  /** Starts the deferred work, including work that it defers in turn. Called once the response was created. */
  run(): void;
}

export function createDeferredWork(execution: Execution, log: Log): DeferredWork {
  const deferred: (() => Promise<unknown>)[] = [];
  const run = () => {
    for (const work of deferred.splice(0)) {
      const runAndLog = () => work().catch((error) => log("deferred-work-failed", describeError(error)));
      execution.waitUntil(runAndLog().then(run));
    }
  };
  return { defer: (work) => void deferred.push(work), run };
}
