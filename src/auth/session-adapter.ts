import { upstash as upstashSessionAdapter } from "@lucia-auth/adapter-session-redis";
import { type Adapter, LuciaError, type SessionAdapter, type SessionSchema } from "lucia";
import type { Redis } from "../store/redis.ts";
import { reach } from "../store/upstream.ts";
import { SESSION_ABSOLUTE_MILLISECONDS, SESSIONS_PER_USER_MAX, SNAPSHOT_TTL_SECONDS } from "./lifetimes.ts";
import { END_SESSIONS, LIST_SESSIONS, START_SESSION } from "./redis-scripts.ts";
import { hashSecret } from "./secrets.ts";
import { userIdOf } from "./session-id.ts";
import type { UserRows } from "./user-rows.ts";

/**
 * Lucia's sessions in Redis, each under the hash of its id. Reading is `@lucia-auth/adapter-session-redis`; what writes
 * is ours, because the original revives a session that ends while it is renewed, keeps an index for ever, and reads
 * before it deletes. One adapter serves one request.
 */
export function createSessionAdapter(redis: Redis, rows: UserRows): SessionAdapter & SessionAndUserReader {
  const original = upstashSessionAdapter(redis)(LuciaError);
  /** As last read or written by this request, under their raw ids: a renewal rewrites what a validation has read. */
  const known = new Map<string, SessionSchema>();

  const getSession = async (id: string): Promise<SessionSchema | null> => {
    if (userIdOf(id) === null) return null;
    const hash = await hashSecret(id);
    const stored = await reach("redis", "GET session", () => original.getSession(hash));
    return recall(id, stored);
  };

  const recall = (id: string, stored: SessionSchema | null): SessionSchema | null => {
    if (!stored || stored.user_id !== userIdOf(id)) return null;
    const session = { ...stored, id };
    known.set(id, session);
    return session;
  };

  return {
    getSession,

    getSessionAndUser: async (id) => {
      const userId = userIdOf(id);
      if (userId === null) return [null, null];
      const keys = [sessionKey(await hashSecret(id)), rows.key(userId)];
      const [stored, snapshot] = await reach("redis", "MGET session user", () =>
        redis.mget<[SessionSchema | null, unknown]>(keys),
      );
      const session = recall(id, stored);
      const user = session && (await rows.accept(userId, snapshot));
      return user && user.session_epoch === session.epoch ? [session, user] : [null, null];
    },

    /** The ids in the answer are hashes: nobody, this service included, can turn them back into what a cookie holds. */
    getSessionsByUserId: (userId) =>
      reach("redis", "list sessions", () => redis.eval<[], SessionSchema[]>(LIST_SESSIONS, [indexKey(userId)], [])),

    setSession: async (session) => {
      const hash = await hashSecret(session.id);
      const user = await rows.get(session.user_id);
      if (!user) throw new LuciaError("AUTH_INVALID_USER_ID");
      const end = endOf(session);
      await reach("redis", "start session", () =>
        redis.eval(
          START_SESSION,
          [sessionKey(hash), indexKey(session.user_id), rows.key(session.user_id)],
          [
            JSON.stringify({ ...session, id: hash, idle_expires: end }),
            end,
            hash,
            session.created_at,
            session.created_at - SESSION_ABSOLUTE_MILLISECONDS,
            SESSIONS_PER_USER_MAX,
            session.created_at + SESSION_ABSOLUTE_MILLISECONDS,
            JSON.stringify(user),
            SNAPSHOT_TTL_SECONDS,
          ],
        ),
      );
      known.set(session.id, session);
    },

    updateSession: async (id, changes) => {
      const session = known.get(id) ?? (await getSession(id));
      if (!session) throw new LuciaError("AUTH_INVALID_SESSION_ID");
      const hash = await hashSecret(id);
      const updated = { ...session, ...changes };
      const end = endOf(updated);
      const written = await reach("redis", "SET session XX", () =>
        redis.set(sessionKey(hash), JSON.stringify({ ...updated, id: hash, idle_expires: end }), {
          xx: true,
          pxat: end,
        }),
      );
      if (written === null) throw new LuciaError("AUTH_INVALID_SESSION_ID");
      known.set(id, updated);
    },

    deleteSession: async (id) => {
      const userId = userIdOf(id);
      if (userId === null) return;
      const hash = await hashSecret(id);
      known.delete(id);
      await reach("redis", "end session", () =>
        redis.multi().del(sessionKey(hash)).zrem(indexKey(userId), hash).exec(),
      );
    },

    deleteSessionsByUserId: async (userId) => {
      known.clear();
      await reach("redis", "end sessions", () => redis.eval(END_SESSIONS, [indexKey(userId)], []));
    },
  };
}

interface SessionAndUserReader {
  /** Costs one round trip unless the user's snapshot is missing or marked as changing. */
  getSessionAndUser(id: string): ReturnType<NonNullable<Adapter["getSessionAndUser"]>>;
}

/** When a session ends unless it is renewed, as epoch milliseconds: idle for too long, or too old whatever its use. */
export function endOf(session: Pick<SessionSchema, "idle_expires" | "created_at">): number {
  return Math.min(session.idle_expires, session.created_at + SESSION_ABSOLUTE_MILLISECONDS);
}

function sessionKey(hash: string): string {
  return `session:${hash}`;
}

function indexKey(userId: string): string {
  return `user_sessions:${userId}`;
}
