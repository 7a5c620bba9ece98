/** Gives the lock back; a second call does nothing. */
export type Release = () => void;

/**
 * The one lock of the embedded engine: whoever writes first in a transaction holds it to the end, as SQLite allows one
 * writer. Others wait in order and without blocking the process; null after `timeoutMs` milliseconds.
 */
export interface WriterLock {
  acquire(timeoutMs: number): Promise<Release | null>;
}

export function createWriterLock(): WriterLock {
  const waiting: ((release: Release) => void)[] = [];
  let held = false;

  const grant = (): Release => {
    let released = false;
    held = true;
    return () => {
      if (released) return;
      released = true;
      held = false;
      waiting.shift()?.(grant());
    };
  };

  return {
    async acquire(timeoutMs) {
      if (!held) return grant();
      return new Promise((resolve) => {
        const take = (release: Release) => {
          clearTimeout(timer);
          resolve(release);
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(take), 1);
          resolve(null);
        }, timeoutMs);
        waiting.push(take);
      });
    },
  };
}
