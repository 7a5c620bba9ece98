import { takeSnapshot } from "../auth/accounts/user-cache.ts";
import { listEndedSessions } from "../store/account-events.ts";
import type { Database } from "../store/database.ts";
import { endSession, refreshUser } from "../store/person.ts";
import type { Position } from "../store/position.ts";
import type { Redis } from "../store/redis.ts";
import { listChangedUsers } from "../store/users.ts";

/**
 * Redis may lose the newest writes when the leader of a key fails. So what ended a session is written again for so long:
 * a lost one stays without effect for this time and the minute to the next run at most.
 */
const REPEATED_MILLISECONDS = 15 * 60 * 1_000;

/**
 * Rows of one SELECT, and of one kind in one run, with a call for each: the platform allows 10,000 calls. Where there are
 * more, a run repeats the oldest. So each row is repeated before its time is over, up to 2,000 changes a minute.
 */
const PAGE_ROWS = 200;
const RUN_ROWS_MAX = 2_000;

/** Connections that a Worker may have open at a time. https://developers.cloudflare.com/workers/platform/limits/ */
const CALLS_AT_ONCE = 6;

export interface Repeated {
  /** Sessions that were there again. */
  readonly sessions: number;
  /** Snapshots that were older than their row. */
  readonly snapshots: number;
}

/**
 * Ends every session once more that was ended one by one in the last 15 minutes, and replaces the snapshot of every row
 * that changed in that time and is newer. `now` is epoch milliseconds. Throws StoreUnavailable.
 */
export async function repeatRevocations(database: Database, redis: Redis, now: number): Promise<Repeated> {
  const sessions = await repeat(
    now,
    (after) => listEndedSessions(database, after, PAGE_ROWS),
    ({ occurred_at: at, id }) => ({ at, id }),
    ({ user_id: userId, ended_session: hash }) => endSession(redis, userId, hash),
  );
  const snapshots = await repeat(
    now,
    (after) => listChangedUsers(database, after, PAGE_ROWS),
    ({ updated_at: at, id }) => ({ at, id }),
    (row) => refreshUser(redis, row.id, takeSnapshot(row)),
  );
  return { sessions, snapshots };
}

/** Goes through the rows since the time that counts, page by page, and says for how many `act` had something to do. */
async function repeat<Row>(
  now: number,
  list: (after: Position) => Promise<readonly Row[]>,
  positionOf: (row: Row) => Position,
  act: (row: Row) => Promise<boolean>,
): Promise<number> {
  let count = 0;
  let after: Position = { at: now - REPEATED_MILLISECONDS, id: "" };
  for (let seen = 0; seen < RUN_ROWS_MAX; ) {
    const rows = await list(after);
    for (let at = 0; at < rows.length; at += CALLS_AT_ONCE) {
      const done = await Promise.all(rows.slice(at, at + CALLS_AT_ONCE).map(act));
      count += done.filter(Boolean).length;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) break;
    seen += rows.length;
    after = positionOf(last);
  }
  return count;
}
