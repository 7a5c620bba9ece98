import type { Measurements } from "../measurements.ts";
import { METRICS, type Metric } from "../metrics.ts";
import { VARIANTS } from "../variants.ts";
import { formatNumber, formatSummary } from "./format.ts";

const OTHERS = VARIANTS.filter((variant) => variant !== "gatehouse");

export const RATIO_HEAD = ["", "gatehouse", ...OTHERS.map((variant) => `to ${variant}`)];

/** Gatehouse's value, and what it is divided by each other's in the same round. */
export function ratioRows(measurements: Measurements): string[][] {
  return (Object.keys(METRICS) as Metric[]).flatMap((metric) => {
    const own = measurements.summary(metric, "gatehouse");
    if (own === null) return [];
    const { label, unit, digits } = METRICS[metric];
    const ratios = OTHERS.map((variant) => {
      const ratio = measurements.ratio(metric, "gatehouse", variant);
      return ratio === null || !Number.isFinite(ratio.most) ? "–" : formatSummary(ratio, 2);
    });
    return [[`${label}, ${unit}`, formatNumber(own.median, digits), ...ratios]];
  });
}
