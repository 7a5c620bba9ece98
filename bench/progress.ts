const startedAt = performance.now();

/** Prints the current step and the time since the start. */
export function logProgress(step: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const minutes = `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
  console.log(`[${minutes.padStart(5)}] ${step}`);
}
