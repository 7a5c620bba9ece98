import type { Measurements } from "../measurements.ts";
import { SERVICES, type Variant } from "../variants.ts";
import { formatNumber } from "./format.ts";

/** A Worker that was busy for a smaller percentage of the time was not saturated. */
const BUSY_PERCENT = 90;

/** The variants whose rates are compared. The floor is left out, because no load saturates it. */
const COMPARED: readonly Variant[] = ["one-call", ...SERVICES];

/** Returns the reasons why a reader should treat the figures of this run with caution. */
export function findCautions(measurements: Measurements): string[] {
  const idle = COMPARED.flatMap((variant) => {
    const busy = measurements.summary("page.busy", variant);
    return busy === null || busy.median >= BUSY_PERCENT ? [] : [`${variant} ${formatNumber(busy.median, 0)} %`];
  });
  if (idle.length === 0) return [];
  return [
    `Other processes used the core of the Workers, or the load was too small (busy: ${idle.join(", ")}): compare the CPU times rather than the requests per second.`,
  ];
}
