/** A timer may be late by a millisecond, so the last two milliseconds are spent polling the clock. */
const POLLED_MILLISECONDS = 2;

/** Runs work after a delay, accurate to a few hundredths of a millisecond, in order of arrival. */
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
    const left = next.dueAt - performance.now();
    if (left > POLLED_MILLISECONDS) setTimeout(() => this.#wait(), left - POLLED_MILLISECONDS);
    else if (left > 0) setImmediate(() => this.#wait());
    else {
      this.#queue.shift();
      next.work();
      this.#wait();
    }
  }
}
