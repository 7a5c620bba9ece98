import { lucia, type SessionSchema, type UserSchema } from "lucia";
import { web } from "lucia/middleware";
import type { Database } from "../store/database.ts";
import type { Redis } from "../store/redis.ts";
import type { UserRow } from "../store/schema.ts";
import { createAdapter } from "./adapter.ts";
import { SESSION_IDLE_MILLISECONDS, SESSION_RENEWAL_MILLISECONDS } from "./lifetimes.ts";
import { isOutdatedHash, passwordHash } from "./password-hash.ts";
import { rewriteHash } from "./rewrite-hash.ts";
import type { Defer, UserRows } from "./user-rows.ts";

declare global {
  namespace Lucia {
    type Auth = import("./lucia.ts").Auth;
    type DatabaseUserAttributes = Omit<UserRow, "id">;
    interface DatabaseSessionAttributes {
      /** Epoch milliseconds. */
      created_at: number;
      /** The user's `session_epoch` when the session was born. */
      epoch: number;
    }
  }
}

export type Auth = ReturnType<typeof createAuth>;

/** Lucia for one request. Cookies and origins are not left to it: docs/decisions/0003-lucia.md says why. */
export function createAuth(database: Database, redis: Redis, users: UserRows, defer: Defer) {
  const keysByHash = new Map<string, string>();
  const validate = async (password: string, hash: string): Promise<boolean> => {
    const valid = await passwordHash.validate(password, hash);
    const keyId = keysByHash.get(hash);
    if (valid && keyId !== undefined && isOutdatedHash(hash)) {
      defer(() => rewriteHash(database, keyId, hash, password));
    }
    return valid;
  };
  return lucia({
    adapter: createAdapter(database, redis, users, ({ id, hashed_password }) => {
      if (hashed_password !== null) keysByHash.set(hashed_password, id);
    }),
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
    }),
  });
}
