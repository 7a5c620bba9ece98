/** The seed of all random choices of a run. `GATEHOUSE_SEED` repeats the run that a failure has named. */
export const SEED = Number(process.env["GATEHOUSE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Part of every failure message. */
export const SEED_NOTE = `GATEHOUSE_SEED=${SEED}`;

/**
 * Returns a generator of numbers from 0 up to, but not including, 1 (mulberry32). The same seed and name give the same
 * numbers.
 */
export function seededRandom(name: string, seed = SEED): () => number {
  let state = seed;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: () => number, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("Nothing to draw from");
  return item;
}

/** The items in random order. */
export function shuffle<T>(random: () => number, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
