import type { Database, Transaction } from "../../store/database.ts";
import { erasePerson, isMarker, markUser, readValue, type StoredValue, writeUser } from "../../store/person.ts";
import type { Redis } from "../../store/redis.ts";
import type { UserRow } from "../../store/schema.ts";
import { findUser } from "../../store/users.ts";
import { SNAPSHOT_MILLISECONDS } from "../sessions/lifetimes.ts";

/** Hands work to the platform that must not hold up, nor decide, the answer. */
export type Defer = (work: () => Promise<unknown>) => void;

/**
 * User rows: MySQL has the truth, Redis a snapshot beside the person's sessions, so that a page needs no MySQL. Every change
 * of a row goes through `mutate`, or else a revoked session could be accepted until the snapshot ends.
 */
export interface UserCache {
  /** The row as MySQL has it. */
  get(userId: string): Promise<UserRow | null>;
  /** The row, given what Redis holds for it: a live snapshot is the row, else MySQL is asked, which may refill it. */
  resolve(userId: string, stored: string | null): Promise<UserRow | null>;
  /**
   * Runs `write` in a transaction and publishes its effect. `write` must lock the user's row (an UPDATE does). While it
   * holds the lock, the snapshot is replaced by a marker; if that fails, nothing is committed. So from before the commit
   * until the new snapshot or the marker's end, readers ask MySQL. The snapshot is published only over this change's own
   * marker: changes pass the lock one by one, so the last marker belongs to the last commit. Returns the row as it was
   * committed. Where it is gone, null, and everything that Redis keeps of the person is erased.
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
      // A live marker stays: the change that it stands for publishes, or MySQL is asked until it ends.
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

/** The row as it is stored, good from now on for ten minutes. */
export function takeSnapshot(row: UserRow): StoredValue {
  return { end: Date.now() + SNAPSHOT_MILLISECONDS, rank: row.version, text: JSON.stringify(row) };
}

/** Null for a marker, and for what another release may have stored. */
function parseSnapshot(value: StoredValue, userId: string): UserRow | null {
  if (isMarker(value)) return null;
  const row: unknown = JSON.parse(value.text);
  const isRow = typeof row === "object" && row !== null && "id" in row && row.id === userId && "version" in row;
  return isRow ? (row as UserRow) : null;
}
