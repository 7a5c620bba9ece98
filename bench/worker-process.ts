import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Cores } from "./cores.ts";
import { killAtExit } from "./ending.ts";
import { WORKERD } from "./workerd.ts";

/** Far longer than any start-up; stops a process that hangs. */
const START_MAX_MILLISECONDS = 30_000;

/** A notice of workerd about a flag that is on by default now. */
const NOTICE_PATTERN = /^(?:service worker: The compatibility flag \w+ became the default.*)?\n?$/;

/** A Worker in a workerd of its own. */
export interface WorkerProcess {
  readonly port: number;
  readonly origin: string;
  readonly pid: number;
  /** The start in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  stop(): Promise<void>;
}

/** A command and arguments that run the process, such as valgrind. */
export type Wrapper = readonly string[];

/**
 * Starts workerd with an encoded configuration, on the Workers' core. Rejects if it ends or does not listen. It prints
 * the reason.
 */
export function startWorker(config: string, cores: Cores | null, wrapper: Wrapper = []): Promise<WorkerProcess> {
  const pinned = cores === null ? [] : ["taskset", "-c", `${cores.worker}`];
  const [command, ...args] = [...pinned, ...wrapper, WORKERD, "serve", "--binary", config, "--control-fd=3"];
  const startedAt = performance.now();
  // Errors of workerd are shown, log lines of the Worker are not.
  const child = killAtExit(spawn(command, args, { stdio: ["ignore", "ignore", "pipe", "pipe"] }));
  child.stderr?.on("data", (chunk: Buffer) => {
    if (!NOTICE_PATTERN.test(chunk.toString())) process.stderr.write(chunk);
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
