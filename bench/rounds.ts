import type { Measurements } from "./measurements.ts";
import type { Metric } from "./metrics.ts";
import type { Stage } from "./stage.ts";

/** Rotates the variants, so that none always follows the same one. */
export function inTurns<T>(items: readonly T[], round: number): T[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Formats the last values, for the progress on the terminal. */
export function lastOf(
  metric: Metric,
  stages: readonly { readonly stage: Stage }[],
  measurements: Measurements,
): string {
  const values = stages.map(({ stage: { variant } }) => {
    const value = measurements.values(metric, variant).at(-1);
    return `${variant} ${value === undefined ? "–" : value.toPrecision(4)}`;
  });
  return values.join(", ");
}
