import { median } from "../test/support/statistics.ts";
import { METRICS, type Metric } from "./metrics.ts";
import { VARIANTS, type Variant } from "./variants.ts";

/** The median of the rounds, and their range. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** One metric of one variant: a value per round, or a single value if all rounds would give the same. */
export interface Series {
  readonly metric: Metric;
  readonly variant: Variant;
  readonly values: readonly number[];
}

/** The measurements of the run so far. */
export class Measurements {
  readonly #values = new Map<string, number[]>();

  /** Throws if the value is not a finite number, so that no report contains it. */
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

  /** Null if it was not measured. */
  summary(metric: Metric, variant: Variant): Summary | null {
    return summarize(this.values(metric, variant));
  }

  /**
   * The ratio of two variants in the same rounds, which removes noise that lasts longer than a round. Null if one was
   * not measured.
   */
  ratio(metric: Metric, variant: Variant, to: Variant): Summary | null {
    return this.#compare(metric, variant, to, (a, b) => a / b);
  }

  difference(metric: Metric, variant: Variant, to: Variant): Summary | null {
    return this.#compare(metric, variant, to, (a, b) => a - b);
  }

  /** All measurements, in the order of the tables. */
  series(): Series[] {
    const all = (Object.keys(METRICS) as Metric[]).flatMap((metric) =>
      VARIANTS.map((variant) => ({ metric, variant, values: this.values(metric, variant) })),
    );
    return all.filter(({ values }) => values.length > 0);
  }

  #compare(metric: Metric, variant: Variant, to: Variant, compare: (a: number, b: number) => number): Summary | null {
    const others = this.values(metric, to);
    const values = this.values(metric, variant);
    if (values.length !== others.length) return null;
    return summarize(values.map((value, round) => compare(value, others[round] ?? Number.NaN)));
  }
}

export function summarize(values: readonly number[]): Summary | null {
  if (values.length === 0) return null;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
