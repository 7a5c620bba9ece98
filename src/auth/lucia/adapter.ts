import { planetscale as planetscaleAdapter } from "@lucia-auth/adapter-mysql";
import type { Adapter, InitializeAdapter } from "lucia";
import type { Database } from "../../store/database.ts";
import { findKeyAndUser } from "../../store/keys.ts";
import { findUndoToken } from "../../store/undo-tokens.ts";
import { raiseVersion } from "../../store/users.ts";
import { emailKeyId, insertAccount } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { releaseIfExpired } from "../operations/change-email.ts";
import type { SessionStore } from "../sessions/store.ts";

const TABLES = { user: "users", key: "keys", session: null };

/**
 * Lucia's one adapter: users and keys by `@lucia-auth/adapter-mysql`, sessions in Redis, and between them the snapshot
 * of a user's row that lets a page cost one round trip. Lucia's own way to join two adapters would lose that. Made anew
 * for each request, whose reads it remembers.
 */
export function createAdapter(database: Database, sessions: SessionStore, rows: UserCache): InitializeAdapter<Adapter> {
  return (LuciaError) => {
    const mysql = planetscaleAdapter(database, TABLES)(LuciaError);
    return {
      ...mysql,
      ...sessions,

      getUser: rows.get,

      /**
       * With the key comes the row of its user, read at the same instant: a session that starts from it carries the
       * epoch that was in force when its password was checked.
       */
      getKey: async (keyId) => {
        const found = await findKeyAndUser(database, keyId);
        if (!found) return null;
        const { key_id, hashed_password, ...user } = found;
        rows.prime(user);
        return { id: key_id, user_id: user.id, hashed_password };
      },

      setUser: async (user, key) => {
        try {
          await mysql.setUser(user, key);
        } catch (error) {
          // The key alone is refused where an email is kept for the account that gave it up: for as long as that can be undone.
          const isRefused = error instanceof LuciaError && error.message === "AUTH_DUPLICATE_KEY_ID";
          if (!isRefused || key?.id !== emailKeyId(user.email)) throw error;
          if ((await findUndoToken(database, user.email, user.created_at)) !== null) throw error;
          await database.transaction(async (transaction) => {
            await releaseIfExpired(transaction, user.email, user.created_at);
            await insertAccount(transaction, user, key.hashed_password);
          });
        }
        rows.prime(user);
      },

      updateUser: (userId, changes) =>
        rows.mutate(userId, async (transaction) => {
          await inTransaction(transaction).updateUser(userId, changes);
          await raiseVersion(transaction, userId);
        }),

      deleteUser: (userId) => rows.mutate(userId, (transaction) => inTransaction(transaction).deleteUser(userId)),
    };

    function inTransaction(transaction: { execute: Database["execute"] }) {
      const connection = { execute: transaction.execute.bind(transaction), transaction: nestedTransaction };
      return planetscaleAdapter(connection, TABLES)(LuciaError);
    }
  };
}

function nestedTransaction(): never {
  throw new Error("MySQL has no nested transactions");
}
