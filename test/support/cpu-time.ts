import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether this system says how long each thread of a process has run: Linux, with scheduler statistics. */
export function tellsCpuTime(): boolean {
  return existsSync(`/proc/${process.pid}/task/${process.pid}/schedstat`);
}

/** How long the threads of a process have run so far, in milliseconds. The kernel counts nanoseconds. */
export function readCpuTime(processId: number): number {
  const directory = `/proc/${processId}/task`;
  const threads = readdirSync(directory).map((thread) => readFileSync(`${directory}/${thread}/schedstat`, "utf8"));
  return threads.reduce((total, text) => total + Number(text.split(" ", 1)[0]), 0) / 1e6;
}
