import { EVENT_RETENTION_MILLISECONDS } from "../auth/events/record-events.ts";
import { moveFormerReservations, releaseExpiredEmails } from "../auth/operations/reserved-emails.ts";
import { deleteEventsUntil } from "../store/account-events.ts";
import type { Database } from "../store/database.ts";
import { deleteExpiredTokens } from "../store/delete-tokens.ts";
import { moveIps } from "../store/former-shapes.ts";
import { deleteExpiredPendingSignups } from "../store/pending-signups.ts";

/** So many rows are removed at a time: each statement stays short, and holds few locks. */
const BATCH_ROWS = 1_000;

/** Of emails, which are released or moved in a transaction. */
const BATCH_EMAILS = 200;

/**
 * Of one run, in which the platform allows 1,000 calls. A run comes every five minutes, so that in a day 28.8 million links
 * and as many events can go: what 9,600 sources add that send forms all day at their limit.
 */
const ROUNDS_MAX = 100;

export interface Removed {
  readonly events: number;
  readonly tokens: number;
  readonly signups: number;
  readonly reservedEmails: number;
  /** Rows of an earlier release that were brought into the shape of this one. */
  readonly moved: number;
}

/** Removes up to so many rows, and returns how many they were: fewer, and nothing is left. */
interface Queue {
  readonly name: keyof Removed;
  readonly batch: number;
  readonly remove: () => Promise<number>;
}

/**
 * Removes what has expired: events after a year, links and codes, sign-ups that nobody verified, emails that nobody can have
 * back. Every round takes one batch of each, so that a flood of one kind does not delay another. What is left waits for the
 * next run, and harms nobody meanwhile: all who read these rows look at their time themselves.
 */
export async function removeExpired(database: Database, now: number): Promise<Removed> {
  const oldest = now - EVENT_RETENTION_MILLISECONDS;
  const removed = { events: 0, tokens: 0, signups: 0, reservedEmails: 0, moved: 0 };
  const queues: readonly Queue[] = [
    {
      name: "moved",
      batch: BATCH_EMAILS,
      remove: () => moveFormerReservations(database, now, BATCH_EMAILS),
    },
    { name: "moved", batch: BATCH_ROWS, remove: () => moveIps(database, BATCH_ROWS) },
    { name: "tokens", batch: BATCH_ROWS, remove: () => deleteExpiredTokens(database, now, BATCH_ROWS) },
    { name: "signups", batch: BATCH_ROWS, remove: () => deleteExpiredPendingSignups(database, now, BATCH_ROWS) },
    {
      name: "reservedEmails",
      batch: BATCH_EMAILS,
      remove: () => releaseExpiredEmails(database, now, BATCH_EMAILS),
    },
    { name: "events", batch: BATCH_ROWS, remove: () => deleteEventsUntil(database, oldest, BATCH_ROWS) },
  ];
  const pending = new Set(queues);
  for (let round = 0; round < ROUNDS_MAX && pending.size > 0; round += 1) {
    for (const queue of pending) {
      const count = await queue.remove();
      removed[queue.name] += count;
      if (count < queue.batch) pending.delete(queue);
    }
  }
  return removed;
}
