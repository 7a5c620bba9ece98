import { describe, expect, test } from "vitest";
import { Measurements } from "../../bench/measurements.ts";
import type { Metric } from "../../bench/metrics.ts";
import { judge } from "../../bench/report/targets.ts";
import type { Variant } from "../../bench/variants.ts";

type Figures = readonly (readonly [Metric, Variant, number])[];

/** Figures exactly at their limits, or as close as possible. */
const JUST_MET: Figures = [
  ["page.calls", "gatehouse", 1],
  ["latency.20", "gatehouse", 21],
  ["latency.20", "one-call", 20],
  ["page.rate", "gatehouse", 2_200],
  ["page.rate", "tutorial", 1_000],
  ["page.rate", "one-call", 2_588],
  ["page.rate", "better-auth", 2_199],
  ["password.time", "gatehouse", 40],
  ["password.time", "tutorial", 100],
  ["password.growth", "gatehouse", 49.9],
  ["signin.series", "gatehouse", 3],
  ["signup.series", "gatehouse", 6],
  ["startup.time", "gatehouse", 45],
  ["startup.time", "floor", 25],
  ["startup.time", "better-auth", 100],
  ["size.bundle", "gatehouse", 130],
];

/** The same figures with Gatehouse slightly worse in all of them. */
const JUST_MISSED: Figures = JUST_MET.map(([metric, variant, value]) => {
  if (variant !== "gatehouse") return [metric, variant, value];
  return [metric, variant, metric === "page.rate" ? value - 2 : value + 1];
});

function judgeFigures(figures: Figures) {
  const measurements = new Measurements();
  for (const [metric, variant, value] of figures) measurements.add(metric, variant, value);
  return judge(measurements);
}

describe("the benchmark's targets", () => {
  test("are met at their limits", () => {
    expect(judgeFigures(JUST_MET).filter(({ met }) => !met)).toEqual([]);
  });

  test("are all missed beyond their limits", () => {
    expect(judgeFigures(JUST_MISSED).filter(({ met }) => met)).toEqual([]);
  });

  test("are missed if nothing was measured", () => {
    expect(judgeFigures([]).filter(({ met }) => met)).toEqual([]);
  });

  test("compare figures of the same round, so that a slow phase of the machine changes no ratio", () => {
    const slow = JUST_MET.map(([metric, variant, value]) => [metric, variant, value * 10] as const);
    const [, latency] = judgeFigures([...JUST_MET, ...slow]);
    expect(latency?.measured?.most).toBeCloseTo(1.05);
  });

  test("are not judged by a value that is not a number", () => {
    expect(() => judgeFigures([["page.rate", "gatehouse", Number.NaN]])).toThrow("page.rate of gatehouse is NaN");
  });
});
