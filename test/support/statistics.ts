/** The median. NaN if there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * The probability that a value of `b` exceeds one of `a`: the area under the ROC curve, or Mann–Whitney's U divided by
 * both counts. At 0.5, a value does not reveal which group it is from.
 */
export function distinguishability(a: readonly number[], b: readonly number[]): number {
  let wins = 0;
  for (const x of a) for (const y of b) wins += y > x ? 1 : y === x ? 0.5 : 0;
  return wins / (a.length * b.length);
}

/** The standard deviation of `distinguishability` for two groups of `count` values from the same distribution. */
export function chanceDeviation(count: number): number {
  return Math.sqrt((2 * count + 1) / (12 * count * count));
}
