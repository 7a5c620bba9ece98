import { planetscale as planetscaleAdapter } from "@lucia-auth/adapter-mysql";
import { upstash as upstashSessionAdapter } from "@lucia-auth/adapter-session-redis";
import type { Adapter, InitializeAdapter, KeySchema, SessionSchema } from "lucia";
import { type Database, isDuplicate } from "../../store/database.ts";
import { findKeyAndUser, insertKey } from "../../store/keys.ts";
import { insertUser, raiseVersion } from "../../store/users.ts";
import { type Account, accountOf, rowOf } from "../accounts/account.ts";
import type { PasswordKey } from "../accounts/password-key.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import type { SessionRecord, StoredSession } from "../sessions/session.ts";
import type { SessionStore } from "../sessions/store.ts";

const TABLES = { user: "users", key: "keys", session: null };

/**
 * State of one Lucia operation: what it starts with, and what it leaves. Lucia names everything by its id, asks for the
 * key of a password that it checks and for the user of a session that it starts, and renews a session in another call
 * than the one that read it. Values that are known are kept here, so that nothing is read twice.
 */
export interface OperationState {
  readonly key?: PasswordKey;
  readonly account?: Account;
  /** The session of the operation, as last read or written. */
  session?: StoredSession;
}

/**
 * Lucia's adapter: users and keys by `@lucia-auth/adapter-mysql`, sessions by our own store, and the snapshot of the
 * user's row that lets a page cost one round trip, which Lucia's own way to join two adapters would not use. Created
 * for each operation.
 */
export function createAdapter(
  database: Database,
  sessions: SessionStore,
  users: UserCache,
  state: OperationState = {},
): InitializeAdapter<Adapter> {
  return (LuciaError) => {
    const mysql = planetscaleAdapter(database, TABLES)(LuciaError);

    const readSession = async (id: string): Promise<SessionSchema | null> => {
      const found = await sessions.read(id);
      return found && schemaOf(id, found.stored.record);
    };

    const getUser = async (userId: string) => (state.account?.id === userId ? rowOf(state.account) : users.get(userId));

    return {
      ...mysql,

      getUser,

      getKey: async (keyId) => {
        const key = state.key?.id === keyId ? state.key : await readKey(database, keyId);
        return key && keySchemaOf(key);
      },

      setUser: async (user, key) => {
        // Not the package's method, because the statement that inserts the row must refuse a reserved email.
        try {
          await database.transaction(async (transaction) => {
            await insertUser(transaction, user);
            if (key) await insertKey(transaction, key.id, key.user_id, key.hashed_password);
          });
        } catch (error) {
          throw isDuplicate(error) ? new LuciaError("AUTH_DUPLICATE_KEY_ID") : error;
        }
      },

      updateUser: async (userId, changes) => {
        await users.mutate(userId, async (transaction) => {
          await inTransaction(transaction).updateUser(userId, changes);
          await raiseVersion(transaction, userId);
        });
      },

      deleteUser: async (userId) => {
        await users.mutate(userId, (transaction) => inTransaction(transaction).deleteUser(userId));
      },

      getSession: upstashSessionAdapter(readOnly(readSession))(LuciaError).getSession,

      getSessionAndUser: async (id) => {
        const found = await sessions.read(id);
        if (found === null) return [null, null];
        const { record } = found.stored;
        const user = await users.resolve(record.userId, found.user);
        if (user?.session_epoch !== record.epoch) return [null, null];
        state.session = found.stored;
        return [schemaOf(id, record), user];
      },

      /** The ids in the answer are hashes, from which no cookie can be made. */
      getSessionsByUserId: async (userId) =>
        (await sessions.list(userId)).map(({ handle, ...record }) => schemaOf(handle, record)),

      setSession: async (session) => {
        const user = await getUser(session.user_id);
        const stored = user && (await sessions.start(session.id, recordOf(session), accountOf(user)));
        if (stored === null) throw new LuciaError("AUTH_INVALID_USER_ID");
        state.session = stored;
      },

      updateSession: async (id, changes) => {
        const read = state.session ?? (await sessions.read(id))?.stored;
        const stored = read && (await sessions.update(id, read, changesOf(changes)));
        if (!stored) throw new LuciaError("AUTH_INVALID_SESSION_ID");
        state.session = stored;
      },

      deleteSession: async (id) => void (await sessions.end(id)),
      deleteSessionsByUserId: (userId) => sessions.endOthers(userId, null),
    };

    function inTransaction(transaction: { execute: Database["execute"] }) {
      const connection = { execute: transaction.execute.bind(transaction), transaction: nestedTransaction };
      return planetscaleAdapter(connection, TABLES)(LuciaError);
    }
  };
}

/**
 * Reads a key and its account at one instant. A session for that account carries the epoch that was valid when the
 * password was checked. Null if there is no such key.
 */
export async function readKey(database: Database, keyId: string): Promise<PasswordKey | null> {
  const found = await findKeyAndUser(database, keyId);
  if (found === null) return null;
  const { key_id: id, hashed_password: hashedPassword, ...user } = found;
  return { id, account: accountOf(user), hashedPassword };
}

function keySchemaOf({ id, account, hashedPassword }: PasswordKey): KeySchema {
  return { id, user_id: account.id, hashed_password: hashedPassword };
}

/** Lucia has other names for these fields. */
function schemaOf(id: string, { userId, renewAt, idleEndsAt, ...rest }: SessionRecord): SessionSchema {
  return { ...rest, id, user_id: userId, active_expires: renewAt, idle_expires: idleEndsAt };
}

function recordOf({ id: _id, user_id, active_expires, idle_expires, ...rest }: SessionSchema): SessionRecord {
  return { ...rest, userId: user_id, renewAt: active_expires, idleEndsAt: idle_expires };
}

/** Only the changed fields, so that nothing else is overwritten. */
function changesOf({ id: _id, user_id: _userId, active_expires, idle_expires, ...rest }: Partial<SessionSchema>) {
  return {
    ...rest,
    ...(active_expires !== undefined && { renewAt: active_expires }),
    ...(idle_expires !== undefined && { idleEndsAt: idle_expires }),
  };
}

/** The part of Upstash's client that the original adapter needs to read one session. */
function readOnly(read: (id: string) => Promise<SessionSchema | null>): Parameters<typeof upstashSessionAdapter>[0] {
  const get = (key: string) => read(key.slice(ORIGINAL_PREFIX.length));
  return { get } as unknown as Parameters<typeof upstashSessionAdapter>[0];
}

const ORIGINAL_PREFIX = "session:";

function nestedTransaction(): never {
  throw new Error("MySQL has no nested transactions");
}
