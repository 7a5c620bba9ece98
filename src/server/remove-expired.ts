import { EVENT_RETENTION_MILLISECONDS } from "../auth/events/account-events.ts";
import { releaseExpiredAddresses } from "../auth/operations/change-email.ts";
import { deleteEventsUntil } from "../store/account-events.ts";
import type { Database } from "../store/database.ts";
import { deleteExpiredTokens } from "../store/delete-tokens.ts";

/** So many rows are removed at a time: each statement stays short, and holds few locks. */
const BATCH_ROWS = 1_000;

/** Of emails, which are released in a transaction of five calls. */
const BATCH_EMAILS = 200;

/**
 * Of one run, in which the platform allows 1,000 calls. A run comes every five minutes, so that in a day 28.8 million links
 * and as many events can go: what 9,600 sources add that send forms all day at their limit.
 */
const ROUNDS_MAX = 100;

export interface Removed {
  readonly events: number;
  readonly tokens: number;
  readonly addresses: number;
}

/** Removes up to so many rows that have had their time, and returns how many they were: fewer, and nothing is left. */
type Queue = { readonly batch: number; readonly remove: () => Promise<number> };

/**
 * Removes what has had its time: events after a year, links and codes that expired, emails that nobody can ask back. Every
 * round takes one batch of each, so that a flood of one kind does not delay another. What is left waits for the next run,
 * and harms nobody meanwhile: all who read these rows look at their time themselves.
 */
export async function removeExpired(database: Database, now: number): Promise<Removed> {
  const oldest = now - EVENT_RETENTION_MILLISECONDS;
  const queues = {
    tokens: { batch: BATCH_ROWS, remove: () => deleteExpiredTokens(database, now, BATCH_ROWS) },
    events: { batch: BATCH_ROWS, remove: () => deleteEventsUntil(database, oldest, BATCH_ROWS) },
    addresses: { batch: BATCH_EMAILS, remove: () => releaseExpiredAddresses(database, now, BATCH_EMAILS) },
  } satisfies Record<keyof Removed, Queue>;

  const removed = { tokens: 0, events: 0, addresses: 0 };
  const pending = new Set(["tokens", "events", "addresses"] as const);
  for (let round = 0; round < ROUNDS_MAX && pending.size > 0; round += 1) {
    for (const name of pending) {
      const count = await queues[name].remove();
      removed[name] += count;
      if (count < queues[name].batch) pending.delete(name);
    }
  }
  return removed;
}
