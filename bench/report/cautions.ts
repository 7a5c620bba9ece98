import type { Measurements } from "../measurements.ts";
import { SERVICES, type Variant } from "../variants.ts";
import { formatNumber } from "./format.ts";

/** Below this a Worker was not at its limit. */
const BUSY_PERCENT = 90;

/** Those whose rates are compared: the floor is no match for any load. */
const COMPARED: readonly Variant[] = ["one-call", ...SERVICES];

/** What whoever reads the figures must know of this very run. */
export function findCautions(measurements: Measurements): string[] {
  const idle = COMPARED.flatMap((variant) => {
    const busy = measurements.summary("page.busy", variant);
    return busy === null || busy.median >= BUSY_PERCENT ? [] : [`${variant} ${formatNumber(busy.median, 0)} %`];
  });
  if (idle.length === 0) return [];
  return [
    `The Workers did not get their core to themselves, or the load was too small (busy: ${idle.join(", ")}): requests a second say little here, CPU time more.`,
  ];
}
