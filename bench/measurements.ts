import { median } from "../test/support/statistics.ts";
import { METRICS, type Metric } from "./metrics.ts";
import { VARIANTS, type Variant } from "./variants.ts";

/** The middle of what the rounds gave, and how far they lie apart. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** One metric of one variant: a value for each round, or one where all rounds would give the same. */
export interface Series {
  readonly metric: Metric;
  readonly variant: Variant;
  readonly values: readonly number[];
}

/** What the run has measured so far. */
export class Measurements {
  readonly #values = new Map<string, number[]>();

  /** Throws on what is no measurement: a report must not be made of it. */
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

  /** Null where it was not measured. */
  summary(metric: Metric, variant: Variant): Summary | null {
    return summarize(this.values(metric, variant));
  }

  /** Of two variants in the same rounds: noise that lasts longer than a round falls out. Null where one was not measured. */
  ratio(metric: Metric, variant: Variant, to: Variant): Summary | null {
    return this.#compare(metric, variant, to, (a, b) => a / b);
  }

  difference(metric: Metric, variant: Variant, to: Variant): Summary | null {
    return this.#compare(metric, variant, to, (a, b) => a - b);
  }

  /** Everything, in the order of the tables. */
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
