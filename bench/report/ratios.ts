import type { Measurements, Summary } from "../measurements.ts";
import { METRICS, type Metric } from "../metrics.ts";
import { VARIANTS, type Variant } from "../variants.ts";
import { formatNumber, formatSummary } from "./format.ts";

const OTHERS = VARIANTS.filter((variant) => variant !== "gatehouse");

export const RATIO_HEAD = ["", "gatehouse", ...OTHERS.map((variant) => `to ${variant}`)];

/** Returns a row per metric: Gatehouse's value, and its ratio to each other variant in the same rounds. */
export function ratioRows(measurements: Measurements): string[][] {
  return (Object.keys(METRICS) as Metric[]).flatMap((metric) => {
    const gatehouse = measurements.summary(metric, "gatehouse");
    if (gatehouse === null) return [];
    const { label, unit, digits } = METRICS[metric];
    const ratios = OTHERS.map((variant) => {
      const ratio = measurements.ratio(metric, "gatehouse", variant);
      return ratio === null || !Number.isFinite(ratio.most) ? "–" : formatSummary(ratio, 2);
    });
    return [[`${label}, ${unit}`, formatNumber(gatehouse.median, digits), ...ratios]];
  });
}

export interface Ratio extends Summary {
  readonly metric: Metric;
  readonly to: Variant;
}

/** Returns the same ratios as numbers. */
export function listRatios(measurements: Measurements): Ratio[] {
  return (Object.keys(METRICS) as Metric[]).flatMap((metric) =>
    OTHERS.flatMap((to) => {
      const ratio = measurements.ratio(metric, "gatehouse", to);
      return ratio === null || !Number.isFinite(ratio.most) ? [] : [{ metric, to, ...ratio }];
    }),
  );
}
