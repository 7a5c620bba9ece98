import { median } from "../test/support/statistics.ts";
import { METRICS, type Metric } from "./metrics.ts";
import { VARIANTS, type Variant } from "./variants.ts";

/** The median of the values of all rounds, and their range. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The values of a metric of a variant: one per round, or a single value if it cannot differ between rounds. */
export interface Series {
  readonly metric: Metric;
  readonly variant: Variant;
  readonly values: readonly number[];
}

/** The measurements of the run so far. */
export class Measurements {
  readonly #values = new Map<string, number[]>();

  /** Throws if the value is not finite, so that no report contains such a value. */
  add(metric: Metric, variant: Variant, value: number): void {
    if (!Number.isFinite(value)) throw new Error(`${metric} of ${variant} is ${value}`);
    const key = `${metric} ${variant}`;
    const values = this.#values.get(key) ?? [];
    values.push(value);
    this.#values.set(key, values);
  }

  values(metric: Metric, variant: Variant): readonly number[] {
    return this.#values.get(`${metric} ${variant}`) ?? [];
  }

  /** Returns null if the metric was not measured. */
  summary(metric: Metric, variant: Variant): Summary | null {
    return summarize(this.values(metric, variant));
  }

  /**
   * Compares two variants in the same rounds, which removes noise that lasts longer than a round. Returns null if one
   * of them was not measured.
   */
  ratio(metric: Metric, variant: Variant, to: Variant): Summary | null {
    return this.#compare(metric, variant, to, (a, b) => a / b);
  }

  difference(metric: Metric, variant: Variant, to: Variant): Summary | null {
    return this.#compare(metric, variant, to, (a, b) => a - b);
  }

  /** Returns all measurements, in the order of the tables. */
  series(): Series[] {
    const all = (Object.keys(METRICS) as Metric[]).flatMap((metric) =>
      VARIANTS.map((variant) => ({ metric, variant, values: this.values(metric, variant) })),
    );
    return all.filter(({ values }) => values.length > 0);
  }

  #compare(metric: Metric, variant: Variant, to: Variant, compare: (a: number, b: number) => number): Summary | null {
    const baseline = this.values(metric, to);
    const values = this.values(metric, variant);
    if (values.length !== baseline.length) return null;
    return summarize(values.map((value, round) => compare(value, baseline[round] ?? Number.NaN)));
  }
}

/** Returns null if there are no values. */
export function summarize(values: readonly number[]): Summary | null {
  if (values.length === 0) return null;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
