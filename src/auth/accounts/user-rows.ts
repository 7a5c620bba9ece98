import type { Database, Transaction } from "../../store/database.ts";
import { evaluate, type Redis } from "../../store/redis.ts";
import type { UserRow } from "../../store/schema.ts";
import { SNAPSHOT_TTL_SECONDS, STALE_MARK_TTL_SECONDS } from "../sessions/lifetimes.ts";
import { PUBLISH_SNAPSHOT } from "../sessions/scripts.ts";

/** Hands work to the platform that must not hold up, nor decide, the answer. */
export type Defer = (work: () => Promise<unknown>) => void;

/**
 * User rows: the truth in MySQL, a snapshot in Redis under `user:<id>`, so that a page needs no MySQL. Whoever changes
 * a row goes through `change`, or a revoked session could be accepted until the snapshot expires.
 */
export interface UserRows {
  /** The name of the snapshot in Redis. */
  key(userId: string): string;
  /** The row as this request has read it before, or else as MySQL has it. */
  get(userId: string): Promise<UserRow | null>;
  /** What is known of the row from elsewhere: just inserted, or read together with a key. */
  remember(row: UserRow): void;
  /** The row, given what Redis holds under `key`: the snapshot itself if it is one, else MySQL's, which may refill it. */
  accept(userId: string, snapshot: unknown): Promise<UserRow | null>;
  /**
   * Runs `write` in a transaction and makes it known. `write` must lock the user's row (an UPDATE does). While it holds
   * the lock, the snapshot is replaced by a mark; if that fails, nothing is committed. So from before
   * the commit until the new snapshot or the mark's end, readers ask MySQL. The snapshot is published only over this
   * change's own mark: changes pass the lock one by one, so the last mark belongs to the last commit.
   */
  change(userId: string, write: (transaction: Transaction) => Promise<void>): Promise<void>;
}

const SELECT_USER = "select * from users where id = ?";

const STALE_MARK_PREFIX = "stale:";

export function createUserRows(database: Database, redis: Redis, defer: Defer): UserRows {
  const read = new Map<string, UserRow>();
  const key = (userId: string) => `user:${userId}`;

  const fetchRow = async (userId: string): Promise<UserRow | null> => {
    const [row] = (await database.execute<UserRow>(SELECT_USER, [userId])).rows;
    if (row) read.set(userId, row);
    return row ?? null;
  };

  return {
    key,
    get: async (userId) => read.get(userId) ?? (await fetchRow(userId)),
    remember: (row) => void read.set(row.id, row),

    accept: async (userId, snapshot) => {
      if (isRow(snapshot, userId)) {
        read.set(userId, snapshot);
        return snapshot;
      }
      const row = await fetchRow(userId);
      if (row && snapshot === null) {
        const refill = ["SET", key(userId), JSON.stringify(row), "NX", "EX", SNAPSHOT_TTL_SECONDS] as const;
        defer(() => redis("SET user NX", refill));
      }
      return row;
    },

    change: async (userId, write) => {
      const mark = STALE_MARK_PREFIX + crypto.randomUUID();
      read.delete(userId);
      const row = await database.transaction(async (transaction) => {
        await write(transaction);
        const [{ rows }] = await Promise.all([
          transaction.execute<UserRow>(SELECT_USER, [userId]),
          redis("SET user stale", ["SET", key(userId), mark, "EX", STALE_MARK_TTL_SECONDS]),
        ]);
        return rows[0];
      });
      if (!row) return;
      read.set(userId, row);
      const publish = evaluate(PUBLISH_SNAPSHOT, [key(userId)], [mark, JSON.stringify(row), SNAPSHOT_TTL_SECONDS]);
      defer(() => redis("publish user", publish));
    },
  };
}

function isRow(snapshot: unknown, userId: string): snapshot is UserRow {
  return typeof snapshot === "object" && snapshot !== null && "id" in snapshot && snapshot.id === userId;
}
