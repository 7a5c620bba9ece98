import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findProgram } from "../test/support/processes.ts";

/** The core that the Workers use, and the core that the load and the stores use. */
export interface Cores {
  readonly worker: number;
  readonly load: number;
}

/** Chooses two cores. Returns null if the system cannot pin processes or allows this process only one core. */
export function findCores(): Cores | null {
  if (findProgram("taskset") === null) return null;
  const [worker, load] = readAllowedCores();
  return worker === undefined || load === undefined ? null : { worker, load };
}

/** Pins this process and its later child processes to one core. `null` removes the pinning. Throws if taskset fails. */
export function pinToCore(core: number | null): void {
  const cores = core === null ? initiallyAllowed.join(",") : `${core}`;
  const { status, stderr } = spawnSync("taskset", ["-a", "-c", "-p", cores, `${process.pid}`], { encoding: "utf8" });
  if (status !== 0) throw new Error(`taskset failed: ${stderr}`);
}

const initiallyAllowed = readAllowedCores();

/** Reads the cores that this process may use, a list such as `0-3,8`. Returns an empty list without /proc. */
function readAllowedCores(): number[] {
  try {
    const [, list = ""] = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    return list.split(",").flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  } catch {
    return [];
  }
}
