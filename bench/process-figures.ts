import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Returns the CPU time of all threads of a process, in milliseconds, or null if the system does not report it. */
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

/** Resets the peak memory of a process to its current memory, if the system supports that. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Without support, the peak of the start-up remains. Growth then looks larger than it is.
  }
}
