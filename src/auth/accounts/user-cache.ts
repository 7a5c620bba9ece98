import type { Database, Transaction } from "../../store/database.ts";
import { erasePerson, isMarker, markUser, readValue, type StoredValue, writeUser } from "../../store/person.ts";
import type { Redis } from "../../store/redis.ts";
import type { UserRow } from "../../store/schema.ts";
import { findUser } from "../../store/users.ts";
import { SNAPSHOT_MILLISECONDS } from "../sessions/lifetimes.ts";

/** Runs work after the response. The work must not delay or change the response. */
export type Defer = (work: () => Promise<unknown>) => void;

/**
 * User rows. MySQL is the source of truth. Redis keeps a snapshot beside the person's sessions, so that a page needs no
 * MySQL. Every change of a row must go through `mutate`; otherwise a revoked session could be accepted until the
 * snapshot expires.
 */
export interface UserCache {
  /** The row as MySQL has it. */
  get(userId: string): Promise<UserRow | null>;
  /**
   * Returns the row behind a stored value: that of a valid snapshot, otherwise the row from MySQL, which may refill the
   * snapshot.
   */
  resolve(userId: string, stored: string | null): Promise<UserRow | null>;
  /**
   * Runs `write` in a transaction and publishes the result. `write` must lock the user's row (an UPDATE does). While
   * the row is locked, a marker replaces the snapshot; if that fails, the transaction rolls back. So from before the
   * commit until the new snapshot is published or the marker expires, readers ask MySQL. The snapshot is published only
   * over the marker of this change. Changes lock the row one after the other, so the last marker belongs to the last
   * commit. Returns the committed row, or null if it was deleted; then everything that Redis keeps for the person is
   * erased.
   */
  mutate(userId: string, write: (transaction: Transaction) => Promise<void>): Promise<UserRow | null>;
}

export function createUserCache(database: Database, redis: Redis, defer: Defer): UserCache {
  const get = (userId: string) => findUser(database, userId);

  return {
    get,

    resolve: async (userId, stored) => {
      const value = readValue(stored, Date.now());
      const snapshot = value && parseSnapshot(value, userId);
      if (snapshot) return snapshot;
      const row = await get(userId);
      // A valid marker stays: its change publishes, or MySQL is asked until the marker expires.
      if (row && (value === null || !isMarker(value))) defer(() => writeUser(redis, userId, stored, takeSnapshot(row)));
      return row;
    },

    mutate: async (userId, write) => {
      const { row, marker } = await database.transaction(async (transaction) => {
        await write(transaction);
        const [row, marker] = await Promise.all([findUser(transaction, userId), markUser(redis, userId, Date.now())]);
        return { row, marker };
      });
      if (row) defer(() => writeUser(redis, userId, marker, takeSnapshot(row)));
      else defer(() => erasePerson(redis, userId, Date.now()));
      return row;
    },
  };
}

/** The stored form of a row, valid for ten minutes from now. */
export function takeSnapshot(row: UserRow): StoredValue {
  return { end: Date.now() + SNAPSHOT_MILLISECONDS, rank: row.version, text: JSON.stringify(row) };
}

/**
 * Null for a marker, and for values that another release may have stored. A snapshot that does not tell whether the
 * second step is on is not used.
 */
function parseSnapshot(value: StoredValue, userId: string): UserRow | null {
  if (isMarker(value)) return null;
  const row: unknown = JSON.parse(value.text);
  const isRow = typeof row === "object" && row !== null && "id" in row && row.id === userId && "two_step_at" in row;
  return isRow ? (row as UserRow) : null;
}
