import { readdirSync, readFileSync } from "node:fs";

export interface Memory {
  readonly megabytes: number;
  /** The highest value since the process started. */
  readonly peakMegabytes: number;
}

/** The ids of the workerd processes that this process has started. Null if the system does not report them. */
export function findWorkerds(): number[] | null {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((id) => {
        const status = readStatus(id);
        return /^Name:\s+workerd$/m.test(status) && new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status);
      });
  } catch {
    return null;
  }
}

export function readMemory(id: number): Memory {
  const status = readStatus(id);
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1_024;
  return { megabytes: read("VmRSS"), peakMegabytes: read("VmHWM") };
}

/** Returns an empty string if the process has ended. */
function readStatus(id: number): string {
  try {
    return readFileSync(`/proc/${id}/status`, "utf8");
  } catch {
    return "";
  }
}
