/** A timer may be late by a millisecond, so the clock is polled during the last two milliseconds of a delay. */
const POLLED_MILLISECONDS = 2;

/** Runs work in order of arrival after a delay, which is accurate to a few hundredths of a millisecond. */
export class Delay {
  readonly #queue: { readonly dueAt: number; readonly work: () => void }[] = [];
  #isRunning = false;

  run(milliseconds: number, work: () => void): void {
    if (milliseconds === 0) {
      work();
      return;
    }
    this.#queue.push({ dueAt: performance.now() + milliseconds, work });
    if (!this.#isRunning) this.#wait();
  }

  #wait(): void {
    const next = this.#queue[0];
    this.#isRunning = next !== undefined;
    if (next === undefined) return;
    const remaining = next.dueAt - performance.now();
    if (remaining > POLLED_MILLISECONDS) setTimeout(() => this.#wait(), remaining - POLLED_MILLISECONDS);
    else if (remaining > 0) setImmediate(() => this.#wait());
    else {
      this.#queue.shift();
      next.work();
      this.#wait();
    }
  }
}
