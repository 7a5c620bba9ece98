/** How long a notice is tried. After that its reader has found out, or can no longer act on it. */
export const NOTICE_TTL_MILLISECONDS = 72 * 60 * 60 * 1_000;

/** Time for the request that queues a notice to send it, before the scheduled run does. */
export const FIRST_ATTEMPT_MILLISECONDS = 60_000;

const RETRY_MILLISECONDS = 60_000;
const RETRY_MAX_MILLISECONDS = 6 * 60 * 60 * 1_000;

/** When a notice is tried again after so many attempts, as epoch milliseconds. The wait doubles with each attempt. */
export function nextAttemptAt(attempts: number, now: number): number {
  return now + Math.min(RETRY_MILLISECONDS * 2 ** (attempts - 1), RETRY_MAX_MILLISECONDS);
}
