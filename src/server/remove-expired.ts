import { EVENT_RETENTION_MILLISECONDS } from "../auth/events/record-events.ts";
import { moveFormerReservations, releaseExpiredEmails } from "../auth/operations/reserved-emails.ts";
import { deleteEventsUntil } from "../store/account-events.ts";
import type { Database } from "../store/database.ts";
import { deleteExpiredTokens } from "../store/delete-tokens.ts";
import { moveIps } from "../store/former-shapes.ts";
import { deleteExpiredPendingSignups } from "../store/pending-signups.ts";
import { deleteExpiredTrustedDevices } from "../store/trusted-devices.ts";

/** Rows per statement: few enough that each statement is short and holds few locks. */
const BATCH_ROWS = 1_000;

/** Emails per transaction that releases or moves them. */
const BATCH_EMAILS = 200;

/**
 * Rounds per run. The platform allows 1,000 calls in a run. With a run every five minutes, 28.8 million links and as
 * many events can be removed per day: as many as 9,600 IPs add if they send forms all day at their limit.
 */
const ROUNDS_MAX = 100;

export interface Removed {
  readonly events: number;
  readonly tokens: number;
  readonly signups: number;
  readonly reservedEmails: number;
  readonly trustedDevices: number;
  /** Rows of an earlier release that were migrated to the schema of this release. */
  readonly moved: number;
}

/**
 * A kind of row to remove or migrate. `run` handles at most `batchSize` rows and returns how many; fewer means none is
 * left.
 */
interface CleanupTask {
  readonly name: keyof Removed;
  readonly batchSize: number;
  readonly run: () => Promise<number>;
}

/**
 * Removes expired rows: events after a year, links and codes, pending sign-ups that were not verified, reserved
 * emails whose change can no longer be undone, and devices that are no longer remembered. Also migrates rows of an earlier release. Every round takes one batch of
 * each kind, so that many rows of one kind do not delay another. The next run removes the rest. Rows left over are
 * harmless, because every query that reads them checks their expiry. `now` is epoch milliseconds. Rejects if the
 * database fails.
 */
export async function removeExpired(database: Database, now: number): Promise<Removed> {
  const oldest = now - EVENT_RETENTION_MILLISECONDS;
  const removed = { events: 0, tokens: 0, signups: 0, reservedEmails: 0, trustedDevices: 0, moved: 0 };
  const tasks: readonly CleanupTask[] = [
    {
      name: "moved",
      batchSize: BATCH_EMAILS,
      run: () => moveFormerReservations(database, now, BATCH_EMAILS),
    },
    { name: "moved", batchSize: BATCH_ROWS, run: () => moveIps(database, BATCH_ROWS) },
    { name: "tokens", batchSize: BATCH_ROWS, run: () => deleteExpiredTokens(database, now, BATCH_ROWS) },
    { name: "signups", batchSize: BATCH_ROWS, run: () => deleteExpiredPendingSignups(database, now, BATCH_ROWS) },
    {
      name: "reservedEmails",
      batchSize: BATCH_EMAILS,
      run: () => releaseExpiredEmails(database, now, BATCH_EMAILS),
    },
    {
      name: "trustedDevices",
      batchSize: BATCH_ROWS,
      run: () => deleteExpiredTrustedDevices(database, now, BATCH_ROWS),
    },
    { name: "events", batchSize: BATCH_ROWS, run: () => deleteEventsUntil(database, oldest, BATCH_ROWS) },
  ];
  const unfinished = new Set(tasks);
  for (let round = 0; round < ROUNDS_MAX && unfinished.size > 0; round += 1) {
    for (const task of unfinished) {
      const count = await task.run();
      removed[task.name] += count;
      if (count < task.batchSize) unfinished.delete(task);
    }
  }
  return removed;
}
