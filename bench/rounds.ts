import type { Deployment } from "./deployment.ts";
import type { Measurements } from "./measurements.ts";
import type { Metric } from "./metrics.ts";

/** Rotates the variants, so that none always follows the same one. */
export function rotate<T>(items: readonly T[], round: number): T[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Formats the last values, for the progress on the terminal. */
export function formatLatest(
  metric: Metric,
  deployments: readonly { readonly deployment: Deployment }[],
  measurements: Measurements,
): string {
  const values = deployments.map(({ deployment: { variant } }) => {
    const value = measurements.values(metric, variant).at(-1);
    return `${variant} ${value === undefined ? "–" : value.toPrecision(4)}`;
  });
  return values.join(", ");
}
