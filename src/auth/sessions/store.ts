import {
  endOtherSessions,
  endSession,
  formatValue,
  readPerson,
  readValue,
  readWholePerson,
  replaceSession,
  type StoredValue,
  startSession,
} from "../../store/person.ts";
import type { Redis } from "../../store/redis.ts";
import { type Account, rowOf } from "../accounts/account.ts";
import { takeSnapshot } from "../accounts/user-cache.ts";
import { hashSecret } from "../tokens/secrets.ts";
import { expiresAt, type ListedSession, type SessionRecord, type StoredSession } from "./session.ts";
import { userIdOf } from "./session-id.ts";

export interface FoundSession {
  readonly stored: StoredSession;
  /** The stored snapshot of the user's row, or the marker that it is changing; null if there is none. */
  readonly user: string | null;
}

/** Sessions in their person's Redis hash, each under the hash of its id. Every method throws StoreUnavailable. */
export interface SessionStore {
  /** The session with that id and the stored user; null if there is none. One round trip. */
  read(id: string): Promise<FoundSession | null>;
  /** The same with all stored sessions of the user, live or not. One round trip as well. */
  readWithList(id: string): Promise<(FoundSession & { readonly listed: readonly ListedSession[] }) | null>;
  /** All stored sessions of a user, live or not. */
  list(userId: string): Promise<ListedSession[]>;
  /** Stores a session. If the account was just deleted, nothing is stored and the session is dead. */
  start(id: string, record: SessionRecord, account: Account): Promise<StoredSession>;
  /**
   * Changes a session that was read before. Null if it has ended since. If another request has changed it, that change
   * is kept and this one is tried once more on top; if it fails again, it is dropped, and the next request makes it.
   */
  update(
    id: string,
    stored: StoredSession,
    changes: Partial<Omit<SessionRecord, "userId">>,
  ): Promise<StoredSession | null>;
  /**
   * Stores when a session was last used, as epoch milliseconds; not if it has ended or changed since it was read. It is
   * not tried again, so that it never displaces another change.
   */
  noteSeen(id: string, stored: StoredSession, seenAt: number): Promise<void>;
  /** Ends the session of a cookie. False if there was none. */
  end(id: string): Promise<boolean>;
  /** Ends a session of the user by its handle. False if the user has no such session. */
  endListed(userId: string, handle: string): Promise<boolean>;
  /** Ends all sessions of the user except the one with that id; all if it is null. */
  endOthers(userId: string, id: string | null): Promise<void>;
}

/** Attempts of an update: the first, and one after another request has changed the session. */
const UPDATE_ATTEMPTS = 2;

export function createSessionStore(redis: Redis): SessionStore {
  const read: SessionStore["read"] = async (id) => {
    const userId = userIdOf(id);
    if (userId === null) return null;
    const { session: raw, user } = await readPerson(redis, userId, await hashSecret(id));
    return foundSession(userId, raw, user);
  };

  /** The new stored session; null if the stored text is not the one that was read. */
  const replace = async (id: string, { record: read, raw }: StoredSession, changes: Partial<SessionRecord>) => {
    const record = { ...read, ...changes };
    const value = storedValueOf(record);
    const isReplaced = await replaceSession(redis, record.userId, await hashSecret(id), raw, value, Date.now());
    return isReplaced ? { record, raw: formatValue(value) } : null;
  };

  return {
    read,

    readWithList: async (id) => {
      const userId = userIdOf(id);
      if (userId === null) return null;
      const handle = await hashSecret(id);
      const { sessions, user } = await readWholePerson(redis, userId, handle);
      const session = foundSession(userId, sessions.get(handle) ?? null, user);
      return session && { ...session, listed: parseSessions(userId, sessions) };
    },

    list: async (userId) => parseSessions(userId, (await readWholePerson(redis, userId, null)).sessions),

    start: async (id, record, account) => {
      const value = storedValueOf(record);
      const snapshot = takeSnapshot(rowOf(account));
      await startSession(redis, account.id, await hashSecret(id), value, snapshot, Date.now());
      return { record, raw: formatValue(value) };
    },

    update: async (id, stored, changes) => {
      let current = stored;
      for (let attempt = 1; ; attempt += 1) {
        const replaced = await replace(id, current, changes);
        if (replaced !== null) return replaced;
        if (attempt === UPDATE_ATTEMPTS) return current;
        const found = await read(id);
        if (found === null) return null;
        current = found.stored;
      }
    },

    noteSeen: async (id, stored, seenAt) => void (await replace(id, stored, { seenAt })),

    end: async (id) => {
      const userId = userIdOf(id);
      return userId !== null && endSession(redis, userId, await hashSecret(id));
    },

    endListed: endSession.bind(null, redis),

    endOthers: async (userId, id) => endOtherSessions(redis, userId, id === null ? null : await hashSecret(id)),
  };
}

/** Fields that neither the key nor the form of a value tells. */
type StoredFields = Omit<SessionRecord, "userId" | "createdAt">;

function storedValueOf(record: SessionRecord): StoredValue {
  const { userId: _userId, createdAt, ...fields } = record;
  return { end: expiresAt(record), rank: createdAt, text: JSON.stringify(fields satisfies StoredFields) };
}

function foundSession(userId: string, raw: string | null, user: string | null): FoundSession | null {
  const record = parseRecord(userId, readValue(raw, Date.now()));
  return raw === null || record === null ? null : { stored: { record, raw }, user };
}

function parseSessions(userId: string, sessions: ReadonlyMap<string, string>): ListedSession[] {
  const now = Date.now();
  return [...sessions].flatMap(([handle, raw]) => {
    const record = parseRecord(userId, readValue(raw, now));
    return record === null ? [] : [{ ...record, handle }];
  });
}

/** Null for an expired session, and for values that another release may have stored. */
function parseRecord(userId: string, value: StoredValue | null): SessionRecord | null {
  const fields: unknown = value && JSON.parse(value.text);
  const isOurs = typeof fields === "object" && fields !== null && "evidence" in fields;
  return value && isOurs ? { ...(fields as StoredFields), userId, createdAt: value.rank } : null;
}
