/** Gives the lock back; a second call does nothing. */
export type Release = () => void;

/**
 * The one lock of the embedded engine: whoever writes first in a transaction holds it to the end, as SQLite allows one
 * writer. Others wait in order and without blocking the process; null after `timeoutMs` milliseconds or at `cancel`.
 */
export interface WriterLock {
  acquire(timeoutMs: number, cancel?: AbortSignal): Promise<Release | null>;
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
    async acquire(timeoutMs, cancel) {
      if (cancel?.aborted) return null;
      if (!held) return grant();
      return new Promise((resolve) => {
        const stopWaiting = (release: Release | null) => {
          clearTimeout(timer);
          cancel?.removeEventListener("abort", leave);
          resolve(release);
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(stopWaiting), 1);
          stopWaiting(null);
        };
        const timer = setTimeout(leave, timeoutMs);
        cancel?.addEventListener("abort", leave);
        waiting.push(stopWaiting);
      });
    },
  };
}
