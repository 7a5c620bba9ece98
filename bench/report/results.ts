import type { Growth } from "../growth/measure.ts";
import type { Measurements } from "../measurements.ts";
import type { Plan } from "../plan.ts";
import type { Machine } from "./machine.ts";
import type { Verdict } from "./targets.ts";

/** The results of a run. */
export interface Results {
  readonly machine: Machine;
  readonly plan: Plan;
  readonly quick: boolean;
  readonly measurements: Measurements;
  readonly growth: Growth;
  readonly verdicts: readonly Verdict[];
  /** The measurements that were left out, each with its reason. */
  readonly leftOut: readonly string[];
}
