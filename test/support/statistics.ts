/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * How well one can tell by a value which of two groups it came from: the chance that a value of `b` exceeds one of `a`
 * (area under the ROC curve, Mann–Whitney's U over both counts). 0.5 is not at all.
 */
export function distinguishability(a: readonly number[], b: readonly number[]): number {
  let wins = 0;
  for (const x of a) for (const y of b) wins += y > x ? 1 : y === x ? 0.5 : 0;
  return wins / (a.length * b.length);
}

/** The standard deviation of `distinguishability` for two groups of `count` that do not differ. */
export function chanceDeviation(count: number): number {
  return Math.sqrt((2 * count + 1) / (12 * count * count));
}
