import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Cores } from "./cores.ts";
import { killAtExit } from "./ending.ts";
import { WORKERD } from "./workerd.ts";

/** The time limit for a start. It is far longer than any start takes, and ends a process that hangs. */
const START_MAX_MILLISECONDS = 30_000;

/** Matches workerd's notice that a compatibility flag is on by default now, and an empty line. */
const NOTICE_PATTERN = /^(?:service worker: The compatibility flag \w+ became the default.*)?\n?$/;

/** A Worker in its own workerd process. */
export interface WorkerProcess {
  readonly port: number;
  readonly origin: string;
  readonly pid: number;
  /** The time of the start, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  stop(): Promise<void>;
}

/** A command with arguments that runs workerd, such as valgrind. */
export type Wrapper = readonly string[];

/**
 * Starts workerd with an encoded configuration, on the Workers' core. Rejects if workerd exits before it listens, or
 * does not listen in time. workerd prints the reason itself.
 */
export function startWorker(config: string, cores: Cores | null, wrapper: Wrapper = []): Promise<WorkerProcess> {
  const pinned = cores === null ? [] : ["taskset", "-c", `${cores.worker}`];
  const [command, ...args] = [...pinned, ...wrapper, WORKERD, "serve", "--binary", config, "--control-fd=3"];
  const startedAt = performance.now();
  // Prints the errors of workerd, but not the log lines of the Worker.
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
    let controlOutput = "";
    (child.stdio[3] as Readable).on("data", (chunk: Buffer) => {
      controlOutput += chunk.toString();
      const port = Number(/"event":"listen".*?"port":(\d+)/.exec(controlOutput)?.[1] ?? 0);
      if (port === 0) return;
      clearTimeout(timer);
      resolve({ port, origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, startedAt, stop });
    });
  });
}
