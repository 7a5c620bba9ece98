/** How long a notice is tried. What lies longer tells of something that its reader has found out, or can no longer mend. */
export const NOTICE_TTL_MILLISECONDS = 72 * 60 * 60 * 1_000;

/** So long the request that queues a notice has for sending it, before the minute clock takes it up. */
export const FIRST_ATTEMPT_MILLISECONDS = 60_000;

const RETRY_MILLISECONDS = 60_000;
const RETRY_MAX_MILLISECONDS = 6 * 60 * 60 * 1_000;

/** When a notice is tried again after so many attempts, as epoch milliseconds: each wait is twice as long as the one before. */
export function nextAttemptAt(attempts: number, now: number): number {
  return now + Math.min(RETRY_MILLISECONDS * 2 ** (attempts - 1), RETRY_MAX_MILLISECONDS);
}
