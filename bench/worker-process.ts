import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Cores } from "./cores.ts";
import { endWithUs } from "./ending.ts";
import { WORKERD } from "./workerd.ts";

/** Far above any start-up; a stop for mistakes. */
const START_MAX_MILLISECONDS = 30_000;

/** What workerd says of a flag that it takes for granted by now. */
const IS_NOTICE = /^(?:service worker: The compatibility flag \w+ became the default.*)?\n?$/;

/** A Worker in a workerd of its own. */
export interface WorkerProcess {
  readonly port: number;
  readonly origin: string;
  readonly pid: number;
  /** When it was started, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  stop(): Promise<void>;
}

/** A command and its arguments, put before what they run. */
export type Wrapper = readonly string[];

/** Starts workerd with an encoded configuration, on the Workers' core. Rejects if it ends or does not listen; why, it has printed. */
export function startWorker(config: string, cores: Cores | null, wrapper: Wrapper = []): Promise<WorkerProcess> {
  const pinned = cores === null ? [] : ["taskset", "-c", `${cores.worker}`];
  const [command, ...args] = [...pinned, ...wrapper, WORKERD, "serve", "--binary", config, "--control-fd=3"];
  const startedAt = performance.now();
  // Its errors are to be seen; what a Worker logs of its visitors is not.
  const child = endWithUs(spawn(command, args, { stdio: ["ignore", "ignore", "pipe", "pipe"] }));
  child.stderr?.on("data", (chunk: Buffer) => {
    if (!IS_NOTICE.test(chunk.toString())) process.stderr.write(chunk);
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once("exit", () => resolve());
      child.kill("SIGTERM");
    });

  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error("workerd does not listen"));
      child.kill("SIGKILL");
    }, START_MAX_MILLISECONDS);
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(timer);
      reject(new Error("workerd ended before it listened"));
    });
    let told = "";
    (child.stdio[3] as Readable).on("data", (chunk: Buffer) => {
      told += chunk.toString();
      const port = Number(/"event":"listen".*?"port":(\d+)/.exec(told)?.[1] ?? 0);
      if (port === 0) return;
      clearTimeout(timer);
      resolve({ port, origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, startedAt, stop });
    });
  });
}
