import type { Database } from "../store/database.ts";
import { EVENT_RETENTION_MILLISECONDS } from "./account-events.ts";
import { releaseExpiredAddresses } from "./email-change.ts";

/** So many rows are removed at a time: each statement stays short, and holds few locks. */
const BATCH_ROWS = 1_000;

/** Of one run. What is left then waits for the next; the platform bounds the calls that a run may make. */
const BATCHES_MAX = 100;

/** An address takes four calls. */
const ADDRESSES_MAX = 150;

export interface Removed {
  readonly events: number;
  readonly tokens: number;
  readonly addresses: number;
}

/** Removes what has had its time: events after a year, links and codes that expired, addresses that nobody can ask back. */
export async function removeExpired(database: Database, now: number): Promise<Removed> {
  const expired = "delete from one_time_tokens where expires_at <= ? and purpose <> 'undo-email' limit ?";
  const tokens = await removeInBatches(database, expired, now);
  const old = "delete from account_events where occurred_at <= ? limit ?";
  const events = await removeInBatches(database, old, now - EVENT_RETENTION_MILLISECONDS);
  const addresses = await releaseExpiredAddresses(database, now, ADDRESSES_MAX);
  return { events, tokens, addresses };
}

async function removeInBatches(database: Database, sql: string, until: number): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const { rowsAffected } = await database.execute(sql, [until, BATCH_ROWS]);
    removed += rowsAffected;
    if (rowsAffected < BATCH_ROWS) break;
  }
  return removed;
}
