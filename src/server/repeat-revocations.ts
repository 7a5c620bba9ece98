import { takeSnapshot } from "../auth/accounts/user-cache.ts";
import { listEndedSessions } from "../store/account-events.ts";
import type { Database } from "../store/database.ts";
import { endSession, refreshUser } from "../store/person.ts";
import type { Position } from "../store/position.ts";
import type { Redis } from "../store/redis.ts";
import { listChangedUsers } from "../store/users.ts";

/**
 * Redis may lose its newest writes when the leader of a key fails. Every revocation is therefore written again by each
 * run for this long after it happened. A lost revocation has no effect for at most this time plus the minute until the
 * next run.
 */
const REPEAT_MILLISECONDS = 15 * 60 * 1_000;

/**
 * Rows per SELECT, and rows of one kind per run. Each row costs one call, and the platform allows 10,000 calls. If
 * there are more rows, a run repeats the oldest ones. Up to 2,000 changes per minute, every row is repeated before its
 * time is over.
 */
const PAGE_ROWS = 200;
const RUN_ROWS_MAX = 2_000;

/** The platform's limit on open connections of a Worker. https://developers.cloudflare.com/workers/platform/limits/ */
const CONNECTIONS_MAX = 6;

export interface Repeated {
  /** Sessions that had reappeared in Redis and were ended again. */
  readonly sessions: number;
  /** Snapshots that were older than their row and were replaced. */
  readonly snapshots: number;
}

/**
 * Ends again every session that was ended individually in the last 15 minutes, and replaces the snapshot of every user
 * whose row changed in that time and is newer. `now` is epoch milliseconds. Throws StoreUnavailable.
 */
export async function repeatRevocations(database: Database, redis: Redis, now: number): Promise<Repeated> {
  const sessions = await repeatForRows(
    now,
    (after) => listEndedSessions(database, after, PAGE_ROWS),
    ({ occurred_at: at, id }) => ({ at, id }),
    ({ user_id: userId, ended_session: hash }) => endSession(redis, userId, hash),
  );
  const snapshots = await repeatForRows(
    now,
    (after) => listChangedUsers(database, after, PAGE_ROWS),
    ({ updated_at: at, id }) => ({ at, id }),
    (row) => refreshUser(redis, row.id, takeSnapshot(row)),
  );
  return { sessions, snapshots };
}

/** Calls `repeat` for every row of the last 15 minutes, page by page. Returns for how many rows it had an effect. */
async function repeatForRows<Row>(
  now: number,
  list: (after: Position) => Promise<readonly Row[]>,
  positionOf: (row: Row) => Position,
  repeat: (row: Row) => Promise<boolean>,
): Promise<number> {
  let count = 0;
  let after: Position = { at: now - REPEAT_MILLISECONDS, id: "" };
  for (let seen = 0; seen < RUN_ROWS_MAX; ) {
    const rows = await list(after);
    for (let start = 0; start < rows.length; start += CONNECTIONS_MAX) {
      const results = await Promise.all(rows.slice(start, start + CONNECTIONS_MAX).map(repeat));
      count += results.filter(Boolean).length;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) break;
    seen += rows.length;
    after = positionOf(last);
  }
  return count;
}
