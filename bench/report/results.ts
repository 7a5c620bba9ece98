import type { Growth } from "../growth/measure.ts";
import type { Measurements } from "../measurements.ts";
import type { Plan } from "../plan.ts";
import type { Machine } from "./machine.ts";
import type { Verdict } from "./targets.ts";

/** All that a run has found out. */
export interface Results {
  readonly machine: Machine;
  readonly plan: Plan;
  readonly quick: boolean;
  readonly measurements: Measurements;
  readonly growth: Growth;
  readonly verdicts: readonly Verdict[];
  /** What could not be measured here, and why. */
  readonly leftOut: readonly string[];
}
