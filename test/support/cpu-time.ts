import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether the system reports how long each thread of a process has run. Linux does, with scheduler statistics. */
export function canReadCpuTime(): boolean {
  return existsSync(`/proc/${process.pid}/task/${process.pid}/schedstat`);
}

/** The CPU time that the threads of a process have used, in milliseconds. The kernel counts nanoseconds. */
export function readCpuTime(processId: number): number {
  const nanoseconds = readThreads(processId, "schedstat").map((text) => Number(text.split(" ", 1)[0]));
  return nanoseconds.reduce((total, value) => total + value, 0) / 1e6;
}

/** Whether every thread of a process sleeps. A thread that waits for a core or for a page of memory does not sleep. */
export function isSleeping(processId: number): boolean {
  return readThreads(processId, "stat").every((text) => /\) S /.test(text));
}

function readThreads(processId: number, file: "schedstat" | "stat"): string[] {
  const directory = `/proc/${processId}/task`;
  return readdirSync(directory).map((thread) => readFileSync(`${directory}/${thread}/${file}`, "utf8"));
}
