const startedAt = performance.now();

/** Says what is going on, and how long the run has taken so far. */
export function say(what: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const minutes = `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
  console.log(`[${minutes.padStart(5)}] ${what}`);
}
