import { LuciaError, lucia, type UserSchema } from "lucia";
import { web } from "lucia/middleware";
import type { Language } from "../../i18n/language.ts";
import type { Database } from "../../store/database.ts";
import type { UserRow } from "../../store/schema.ts";
import { EmailReserved } from "../../store/users.ts";
import { type Account, accountOf } from "../accounts/account.ts";
import { EMAIL_PROVIDER, emailKeyId, emailOfKey } from "../accounts/account-rows.ts";
import type { PasswordKey } from "../accounts/password-key.ts";
import type { Defer, UserCache } from "../accounts/user-cache.ts";
import { DUMMY_HASH, isOutdatedHash, passwordHash } from "../credentials/password/hash.ts";
import { rewriteHash } from "../credentials/password/rewrite-hash.ts";
import { type Evidence, hasSecondStep } from "../sessions/evidence.ts";
import { SESSION_IDLE_MILLISECONDS, SESSION_RENEWAL_MILLISECONDS } from "../sessions/lifetimes.ts";
import {
  expiresAt,
  type ListedSession,
  type Session,
  type SessionOrigin,
  type SessionRecord,
  type StoredSession,
} from "../sessions/session.ts";
import { generateSessionId } from "../sessions/session-id.ts";
import type { SessionStore } from "../sessions/store.ts";
import { createAdapter, type OperationState, readKey } from "./adapter.ts";

declare global {
  namespace Lucia {
    type Auth = ReturnType<typeof createLucia>;
    type DatabaseUserAttributes = Omit<UserRow, "id">;
    type DatabaseSessionAttributes = Omit<SessionRecord, "userId" | "renewAt" | "idleEndsAt">;
  }
}

/** The operations that Lucia carries out. They throw StoreUnavailable if a store fails, and never a LuciaError. */
export interface Auth {
  /**
   * Creates the user and the key, or neither; null if the email is taken or reserved. `email` and `password` have
   * passed their rules; without a password, nothing opens the key. `language`: of notices. `now` is epoch milliseconds.
   */
  register(email: string, password: string | null, language: Language, now: number): Promise<Account | null>;
  /** The key of the account with that email; null if there is none. One call. */
  findKey(email: string): Promise<PasswordKey | null>;
  /** Whether a password opens the key. Takes the same time if the key has no password. */
  checkPassword(key: PasswordKey, password: string): Promise<boolean>;
  /** The live session with that id, renewed if due; null if there is none. One round trip if the snapshot is valid. */
  validateSession(id: string): Promise<Session | null>;
  /** The same with all stored sessions of the account, live or not. Also one round trip. */
  validateSessionWithList(
    id: string,
  ): Promise<{ readonly session: Session; readonly listed: readonly ListedSession[] } | null>;
  /**
   * Starts a session with a secret of its own. It is dead from the start if, since the account was read, the account
   * was deleted or its epoch has risen. `now` is epoch milliseconds. Throws SecondStepMissing if the account has the
   * second step and the evidence does not complete it.
   */
  startSession(account: Account, origin: SessionOrigin, evidence: Evidence, now: number): Promise<Session>;
  /** The account, from MySQL itself. Rejects if it was deleted. */
  readAccount(userId: string): Promise<Account>;
}

/** A session was about to be started without the second step. This is a fault of the caller, which asks for it first. */
class SecondStepMissing extends Error {
  constructor() {
    super("The second step is missing");
    this.name = "SecondStepMissing";
  }
}

/** The account was deleted a moment ago. */
class AccountGone extends Error {
  constructor() {
    super("The account was deleted");
    this.name = "AccountGone";
  }
}

/** Lucia for one request. It handles neither cookies nor origins: docs/decisions/0003-lucia.md. */
export function createAuth(database: Database, sessions: SessionStore, users: UserCache, defer: Defer): Auth {
  const luciaWith = (state: OperationState) => createLucia(database, sessions, users, state);

  const validateSession = async (store: SessionStore, id: string) => {
    const state: OperationState = {};
    const session = await orNull(createLucia(database, store, users, state).validateSession(id));
    return session && state.session ? sessionOf(session, state.session) : null;
  };

  return {
    register: async (email, password, language, now) => {
      const key = { providerId: EMAIL_PROVIDER, providerUserId: email, password };
      const times = { password_changed_at: password === null ? null : now, created_at: now, updated_at: now };
      const empty = { email_verified_at: null, two_step_at: null, session_epoch: 0, version: 0 };
      const attributes = { ...empty, email, language, ...times };
      try {
        return (await luciaWith({}).createUser({ key, attributes })).account;
      } catch (error) {
        if (isTaken(error)) return null;
        throw error;
      }
    },

    findKey: (email) => readKey(database, emailKeyId(email)),

    checkPassword: async (key, password) => {
      const { id, hashedPassword } = key;
      const lucia = luciaWith({ key: { ...key, hashedPassword: hashedPassword ?? DUMMY_HASH } });
      const isRight = (await orNull(lucia.useKey(EMAIL_PROVIDER, emailOfKey(id), password))) !== null;
      if (isRight && hashedPassword !== null && isOutdatedHash(hashedPassword)) {
        defer(() => rewriteHash(database, id, hashedPassword, password));
      }
      return isRight;
    },

    validateSession: (id) => validateSession(sessions, id),

    validateSessionWithList: async (id) => {
      let listed: readonly ListedSession[] = [];
      const read: SessionStore["read"] = async (asked) => {
        const found = await sessions.readWithList(asked);
        listed = found?.listed ?? [];
        return found;
      };
      const session = await validateSession({ ...sessions, read }, id);
      return session && { session, listed };
    },

    startSession: async (account, { country, browser, platform }, evidence, now) => {
      if (account.twoStepAt !== null && !hasSecondStep(evidence)) throw new SecondStepMissing();
      const state: OperationState = { account };
      const { id: userId, sessionEpoch: epoch } = account;
      const attributes = { createdAt: now, epoch, evidence, seenAt: now, country, browser, platform };
      const sessionId = generateSessionId(userId);
      const session = await orNull(luciaWith(state).createSession({ userId, sessionId, attributes }));
      if (session === null || !state.session) throw new AccountGone();
      return sessionOf(session, state.session);
    },

    readAccount: async (userId) => {
      const user = await orNull(luciaWith({}).getUser(userId));
      if (user === null) throw new AccountGone();
      return user.account;
    },
  };
}

function createLucia(database: Database, sessions: SessionStore, users: UserCache, state: OperationState) {
  return lucia({
    adapter: createAdapter(database, sessions, users, state),
    // Only decides the Secure flag of Lucia's cookies, which are not used.
    env: "PROD",
    middleware: web(),
    passwordHash,
    sessionExpiresIn: {
      activePeriod: SESSION_RENEWAL_MILLISECONDS,
      idlePeriod: SESSION_IDLE_MILLISECONDS - SESSION_RENEWAL_MILLISECONDS,
    },
    getUserAttributes: (user: UserSchema) => ({ account: accountOf(user) }),
  });
}

type LuciaSession = Awaited<ReturnType<Lucia.Auth["validateSession"]>>;

function sessionOf({ sessionId: id, user, fresh: isFresh }: LuciaSession, stored: StoredSession): Session {
  const { record } = stored;
  const { createdAt, seenAt, evidence } = record;
  return { id, account: user.account, createdAt, seenAt, expiresAt: expiresAt(record), evidence, isFresh, stored };
}

/** Turns a refusal of Lucia into null. */
async function orNull<T>(operation: Promise<T>): Promise<T | null> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof LuciaError) return null;
    throw error;
  }
}

/** An email is unique in the key's id and in the user's row, and it may be reserved. */
function isTaken(error: unknown): boolean {
  if (error instanceof LuciaError) return error.message === "AUTH_DUPLICATE_KEY_ID";
  return error instanceof EmailReserved;
}
