import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Milliseconds of CPU that a process has used on all of its threads so far; null where the system does not tell. */
export function readCpuMilliseconds(pid: number): number | null {
  try {
    const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      return Number(onCpu);
    });
    return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e6;
  } catch {
    return null;
  }
}

/** Lets the most memory that a process has had begin anew from what it has now, where the system can do that. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Then the peak of its start-up stays, and growth looks larger than it is.
  }
}
