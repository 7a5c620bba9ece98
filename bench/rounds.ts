import type { Deployment } from "./deployment.ts";
import type { Measurements } from "./measurements.ts";
import type { Metric } from "./metrics.ts";

/** Rotates the variants by one position per round, so that each is measured first in turn. */
export function rotate<T>(items: readonly T[], round: number): T[] {
  const first = round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Formats the latest value of each variant, for the progress on the terminal. */
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
