import { upstash as upstashSessionAdapter } from "@lucia-auth/adapter-session-redis";
import { type Adapter, LuciaError, type SessionAdapter, type SessionSchema } from "lucia";
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
import { takeSnapshot, type UserCache } from "../accounts/user-cache.ts";
import { hashSecret } from "../tokens/secrets.ts";
import { SESSION_ABSOLUTE_MILLISECONDS } from "./lifetimes.ts";
import { userIdOf } from "./session-id.ts";

/** Lucia's sessions, and what it has no words for. Throws StoreUnavailable. */
export interface SessionStore extends SessionAdapter {
  /** Costs one round trip unless the user's snapshot is missing, over, or marked as changing. */
  getSessionAndUser(id: string): ReturnType<NonNullable<Adapter["getSessionAndUser"]>>;
  /** Ends the session that a cookie holds. False if there was none. */
  end(id: string): Promise<boolean>;
  /** Ends a session of the user's by its handle, the hash of its id, which opens nothing. False if they have none such. */
  endListed(userId: string, handle: string): Promise<boolean>;
  /** Ends all of the user's sessions but the one with that id; all if it is null. */
  endOthers(userId: string, id: string | null): Promise<void>;
}

/** Of an update that meets another one: the first try, and one with what the other has left. */
const UPDATE_ATTEMPTS = 2;

interface KnownSession {
  /** Byte for byte as it is stored. */
  readonly raw: string;
  readonly session: SessionSchema;
}

/** Lucia's sessions in their person's hash in Redis, each under the hash of its id. One store serves one request. */
export function createSessionStore(redis: Redis, users: UserCache): SessionStore {
  /** As last read or written by this request, under their raw ids: an update replaces what a validation has read. */
  const known = new Map<string, KnownSession>();

  const recall = (id: string, userId: string, raw: string | null): SessionSchema | null => {
    const value = readValue(raw, Date.now());
    if (raw === null || value === null) return null;
    const session = parseSession(id, userId, value);
    known.set(id, { raw, session });
    return session;
  };

  const read = async (id: string): Promise<SessionSchema | null> => {
    const userId = userIdOf(id);
    if (userId === null) return null;
    const stored = await readPerson(redis, userId, await hashSecret(id));
    return recall(id, userId, stored.session);
  };

  const { getSession } = upstashSessionAdapter(readOnly(read))(LuciaError);

  const end = async (id: string): Promise<boolean> => {
    const userId = userIdOf(id);
    if (userId === null) return false;
    known.delete(id);
    return endSession(redis, userId, await hashSecret(id));
  };

  const endOthers = async (userId: string, id: string | null): Promise<void> => {
    known.clear();
    await endOtherSessions(redis, userId, id === null ? null : await hashSecret(id));
  };

  return {
    getSession,

    getSessionAndUser: async (id) => {
      const userId = userIdOf(id);
      if (userId === null) return [null, null];
      const stored = await readPerson(redis, userId, await hashSecret(id));
      const session = recall(id, userId, stored.session);
      const user = session && (await users.resolve(userId, stored.user));
      return user && user.session_epoch === session.epoch ? [session, user] : [null, null];
    },

    /** The ids in the answer are hashes: nobody, this service included, can turn them back into what a cookie holds. */
    getSessionsByUserId: async (userId) => {
      const now = Date.now();
      const { sessions } = await readWholePerson(redis, userId);
      return [...sessions].flatMap(([hash, raw]) => {
        const value = readValue(raw, now);
        return value === null ? [] : [parseSession(hash, userId, value)];
      });
    },

    setSession: async (session) => {
      const { id, user_id: userId } = session;
      const user = await users.get(userId);
      if (!user) throw new LuciaError("AUTH_INVALID_USER_ID");
      const value = storeSession(session);
      // Of an account that was deleted since it was read nothing is stored: its session is dead at birth.
      await startSession(redis, userId, await hashSecret(id), value, takeSnapshot(user), Date.now());
      known.set(id, { raw: formatValue(value), session });
    },

    /**
     * Replaces what this request has read, so that nothing revives a session that ended meanwhile. Where another request
     * has changed it, its change is kept and this one made once more; if that meets yet another, it is given up: the
     * session is alive, and what Lucia changes, its renewal, is then made by the next request.
     */
    updateSession: async (id, changes) => {
      for (let attempt = 1; attempt <= UPDATE_ATTEMPTS; attempt += 1) {
        if (!known.has(id)) await read(id);
        const current = known.get(id);
        if (current === undefined) throw new LuciaError("AUTH_INVALID_SESSION_ID");
        const { user_id: userId } = current.session;
        const session = { ...current.session, ...changes };
        const value = storeSession(session);
        if (await replaceSession(redis, userId, await hashSecret(id), current.raw, value, Date.now())) {
          known.set(id, { raw: formatValue(value), session });
          return;
        }
        known.delete(id);
      }
    },

    end,
    deleteSession: async (id) => void (await end(id)),

    endListed: endSession.bind(null, redis),

    endOthers,
    deleteSessionsByUserId: (userId) => endOthers(userId, null),
  };
}

/** What is not told by the key, the field and the form of a value. */
type StoredSession = Omit<SessionSchema, "id" | "user_id" | "created_at">;

function storeSession(session: SessionSchema): StoredValue {
  const { id: _id, user_id: _userId, created_at: created, ...rest } = session;
  return { end: endOf(session), rank: created, text: JSON.stringify(rest satisfies StoredSession) };
}

function parseSession(id: string, userId: string, { rank, text }: StoredValue): SessionSchema {
  return { ...(JSON.parse(text) as StoredSession), id, user_id: userId, created_at: rank } as SessionSchema;
}

/** As much of Upstash's client as the original adapter needs to read one session. */
function readOnly(read: (id: string) => Promise<SessionSchema | null>): Parameters<typeof upstashSessionAdapter>[0] {
  const get = (key: string) => read(key.slice(ORIGINAL_PREFIX.length));
  return { get } as unknown as Parameters<typeof upstashSessionAdapter>[0];
}

const ORIGINAL_PREFIX = "session:";

/** When a session ends unless it is renewed, as epoch milliseconds: idle for too long, or too old whatever its use. */
export function endOf(session: Pick<SessionSchema, "idle_expires" | "created_at">): number {
  return Math.min(session.idle_expires, session.created_at + SESSION_ABSOLUTE_MILLISECONDS);
}
