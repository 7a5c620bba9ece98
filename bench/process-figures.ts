import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** The CPU milliseconds of a process on all its threads so far; null if the system does not report them. */
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

/** Resets the peak memory of a process to its current memory, if the system can do that. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Otherwise the peak of the start-up remains, and growth looks larger than it is.
  }
}
