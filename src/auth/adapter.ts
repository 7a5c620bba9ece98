import { planetscale as planetscaleAdapter } from "@lucia-auth/adapter-mysql";
import { eq, getTableName } from "drizzle-orm";
import type { Adapter, InitializeAdapter } from "lucia";
import type { Database } from "../store/database.ts";
import type { Redis } from "../store/redis.ts";
import { type KeyRow, keys, users } from "../store/schema.ts";
import { createSessionAdapter } from "./session-adapter.ts";
import { createUserRows, type Defer } from "./user-rows.ts";

const TABLES = { user: getTableName(users), key: getTableName(keys), session: null };

/**
 * Lucia's one adapter: users and keys by `@lucia-auth/adapter-mysql`, sessions in Redis, and between them the snapshot
 * of a user's row that lets a page cost one round trip. Lucia's own way to join two adapters would lose that. Made anew
 * for each request, whose reads it remembers.
 */
export function createAdapter(
  database: Database,
  redis: Redis,
  defer: Defer,
  onKeyRead: (key: KeyRow) => void = () => {},
): InitializeAdapter<Adapter> {
  return (LuciaError) => {
    const rows = createUserRows(database, redis, defer);
    const mysql = planetscaleAdapter(database.client, TABLES)(LuciaError);
    return {
      ...mysql,
      ...createSessionAdapter(redis, rows),

      getUser: rows.get,

      /**
       * With the key comes the row of its user, read at the same instant: a session that starts from it carries the
       * epoch that was in force when its password was checked.
       */
      getKey: async (keyId) => {
        const [found] = await database.orm
          .select({ key: keys, user: users })
          .from(keys)
          .innerJoin(users, eq(users.id, keys.user_id))
          .where(eq(keys.id, keyId));
        if (!found) return null;
        rows.remember(found.user);
        onKeyRead(found.key);
        return found.key;
      },

      setUser: async (user, key) => {
        await mysql.setUser(user, key);
        rows.remember(user);
      },

      updateUser: (userId, changes) =>
        rows.change(userId, (transaction) => inTransaction(transaction).updateUser(userId, changes)),

      deleteUser: (userId) => rows.change(userId, (transaction) => inTransaction(transaction).deleteUser(userId)),
    };

    function inTransaction(transaction: { execute: Database["client"]["execute"] }) {
      const connection = { execute: transaction.execute.bind(transaction), transaction: nestedTransaction };
      return planetscaleAdapter(connection, TABLES)(LuciaError);
    }
  };
}

function nestedTransaction(): never {
  throw new Error("MySQL has no nested transactions");
}
