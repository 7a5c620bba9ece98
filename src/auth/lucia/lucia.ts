import {
  type Adapter,
  type InitializeAdapter,
  type KeySchema,
  lucia,
  type SessionSchema,
  type UserSchema,
} from "lucia";
import { web } from "lucia/middleware";
import type { Database } from "../../store/database.ts";
import type { UserRow } from "../../store/schema.ts";
import type { Defer, UserCache } from "../accounts/user-cache.ts";
import { isOutdatedHash, NOBODYS_HASH, passwordHash } from "../credentials/password/hash.ts";
import { rewriteHash } from "../credentials/password/rewrite-hash.ts";
import { SESSION_IDLE_MILLISECONDS, SESSION_RENEWAL_MILLISECONDS } from "../sessions/lifetimes.ts";
import type { SessionStore } from "../sessions/store.ts";
import { createAdapter } from "./adapter.ts";

declare global {
  namespace Lucia {
    type Auth = import("./lucia.ts").Auth;
    type DatabaseUserAttributes = Omit<UserRow, "id">;
    interface DatabaseSessionAttributes {
      /** Epoch milliseconds. */
      created_at: number;
      /** The user's `session_epoch` when the session was born. */
      epoch: number;
      /** When the password was last given in it, as epoch milliseconds; null: it came by a mailed code. */
      password_at: number | null;
      /** When it was last used, as epoch milliseconds, give or take ten minutes. */
      seen_at: number;
      country: string | null;
      browser: string | null;
      platform: string | null;
    }
  }
}

export type Auth = ReturnType<typeof createAuth>;

/** Lucia for one request. Cookies and origins are not left to it: docs/decisions/0003-lucia.md says why. */
export function createAuth(database: Database, sessions: SessionStore, users: UserCache, defer: Defer) {
  const keysByHash = new Map<string, string>();
  const validate = async (password: string, hash: string): Promise<boolean> => {
    const valid = await passwordHash.validate(password, hash);
    const keyId = keysByHash.get(hash);
    if (valid && keyId !== undefined && isOutdatedHash(hash)) {
      defer(() => rewriteHash(database, keyId, hash, password));
    }
    return valid;
  };
  const adapter = rememberKeys(createAdapter(database, sessions, users), ({ id, hashed_password }) => {
    if (hashed_password !== null) keysByHash.set(hashed_password, id);
  });
  return lucia({
    adapter,
    // Decides only the Secure flag of cookies that Lucia makes; it makes none here.
    env: "PROD",
    middleware: web(),
    passwordHash: { ...passwordHash, validate },
    sessionExpiresIn: {
      activePeriod: SESSION_RENEWAL_MILLISECONDS,
      idlePeriod: SESSION_IDLE_MILLISECONDS - SESSION_RENEWAL_MILLISECONDS,
    },
    getUserAttributes: (user: UserSchema) => ({
      email: user.email,
      emailVerified: user.email_verified_at !== null,
      createdAt: new Date(user.created_at),
      sessionEpoch: user.session_epoch,
    }),
    getSessionAttributes: (session: SessionSchema) => ({
      createdAt: new Date(session.created_at),
      // Absent in sessions that were started before these were noted.
      passwordAt: session.password_at ?? null,
      seenAt: session.seen_at ?? session.created_at,
    }),
  });
}

/**
 * Reads a key once in a request, and gives one that no password opens (an address that is kept for its last owner) a hash
 * that no password has: refusing it takes as long as refusing any other.
 */
function rememberKeys(
  initialize: InitializeAdapter<Adapter>,
  onRead: (key: KeySchema) => void,
): InitializeAdapter<Adapter> {
  return (LuciaError) => {
    const adapter = initialize(LuciaError);
    const reads = new Map<string, Promise<KeySchema | null>>();
    const read = async (keyId: string): Promise<KeySchema | null> => {
      const key = await adapter.getKey(keyId);
      if (key === null) return null;
      onRead(key);
      return { ...key, hashed_password: key.hashed_password ?? NOBODYS_HASH };
    };
    return {
      ...adapter,
      // What refuses a key may have come after it was looked for.
      setUser: async (user, key) => {
        if (key !== null) reads.delete(key.id);
        await adapter.setUser(user, key);
      },
      getKey: (keyId) => {
        const known = reads.get(keyId) ?? read(keyId);
        reads.set(keyId, known);
        return known;
      },
    };
  };
}
