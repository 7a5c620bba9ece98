import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findProgram } from "../test/support/processes.ts";

/** One core for the Workers, another for everything that asks or answers them. */
export interface Cores {
  readonly worker: number;
  readonly load: number;
}

/** Null where the system pins no processes, or there is only one core. */
export function findCores(): Cores | null {
  if (findProgram("taskset") === null) return null;
  const [worker, load] = readAllowedCores();
  return worker === undefined || load === undefined ? null : { worker, load };
}

/** Keeps this process, and whatever it starts from now on, to one core; or, with `null`, lets it go where it likes again. */
export function keepTo(core: number | null): void {
  const cores = core === null ? allowedAtStart.join(",") : `${core}`;
  const { status, stderr } = spawnSync("taskset", ["-a", "-c", "-p", cores, `${process.pid}`], { encoding: "utf8" });
  if (status !== 0) throw new Error(`taskset failed: ${stderr}`);
}

const allowedAtStart = readAllowedCores();

/** From a list such as `0-3,8`; none where there is no /proc. */
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
