import { upstash as upstashSessionAdapter } from "@lucia-auth/adapter-session-redis";
import { type Adapter, LuciaError, type SessionAdapter, type SessionSchema } from "lucia";
import { type Command, evaluate, parseStored, type Redis } from "../../store/redis.ts";
import type { UserRows } from "../accounts/user-rows.ts";
import { hashSecret } from "../tokens/secrets.ts";
import { SESSION_ABSOLUTE_MILLISECONDS, SESSIONS_PER_USER_MAX, SNAPSHOT_TTL_SECONDS } from "./lifetimes.ts";
import { END_LISTED_SESSION, END_OTHER_SESSIONS, END_SESSION, LIST_SESSIONS, START_SESSION } from "./scripts.ts";
import { userIdOf } from "./session-id.ts";

/** Lucia's sessions, and what it has no words for. Throws StoreUnavailable. */
export interface SessionStore extends SessionAdapter {
  /** Costs one round trip unless the user's snapshot is missing or marked as changing. */
  getSessionAndUser(id: string): ReturnType<NonNullable<Adapter["getSessionAndUser"]>>;
  /** Ends the session that a cookie holds. False if there was none. */
  end(id: string): Promise<boolean>;
  /** Ends a session of the user's by its handle, the hash of its id, which opens nothing. False if they have none such. */
  endListed(userId: string, handle: string): Promise<boolean>;
  /** Ends all of the user's sessions but the one with that id; all if it is null. */
  endOthers(userId: string, id: string | null): Promise<void>;
}

/**
 * Lucia's sessions in Redis, each under the hash of its id. Reading is `@lucia-auth/adapter-session-redis`; what writes
 * is ours, because the original revives a session that ends while it is renewed, keeps an index for ever, and reads
 * before it deletes. One adapter serves one request.
 */
export function createSessionStore(redis: Redis, rows: UserRows): SessionStore {
  const original = upstashSessionAdapter(readOnly(redis))(LuciaError);
  /** As last read or written by this request, under their raw ids: a renewal rewrites what a validation has read. */
  const known = new Map<string, SessionSchema>();

  const getSession = async (id: string): Promise<SessionSchema | null> => {
    if (userIdOf(id) === null) return null;
    return recall(id, await original.getSession(await hashSecret(id)));
  };

  const recall = (id: string, stored: SessionSchema | null): SessionSchema | null => {
    if (!stored || stored.user_id !== userIdOf(id)) return null;
    const session = { ...stored, id };
    known.set(id, session);
    return session;
  };

  const end = async (id: string): Promise<boolean> => {
    const userId = userIdOf(id);
    if (userId === null) return false;
    known.delete(id);
    const hash = await hashSecret(id);
    const script = evaluate(END_SESSION, [sessionKey(hash), indexKey(userId)], [hash]);
    return (await redis<number>("end session", script)) === 1;
  };

  const endOthers = async (userId: string, id: string | null): Promise<void> => {
    known.clear();
    const kept = id === null ? "" : await hashSecret(id);
    await redis("end sessions", evaluate(END_OTHER_SESSIONS, [indexKey(userId)], [kept]));
  };

  return {
    getSession,

    getSessionAndUser: async (id) => {
      const userId = userIdOf(id);
      if (userId === null) return [null, null];
      const command: Command = ["MGET", sessionKey(await hashSecret(id)), rows.key(userId)];
      const [stored = null, snapshot = null] = await redis<(string | null)[]>("MGET session user", command);
      const session = recall(id, parseStored(stored) as SessionSchema | null);
      const user = session && (await rows.accept(userId, parseStored(snapshot)));
      return user && user.session_epoch === session.epoch ? [session, user] : [null, null];
    },

    /** The ids in the answer are hashes: nobody, this service included, can turn them back into what a cookie holds. */
    getSessionsByUserId: async (userId) => {
      const listed = await redis<string[]>("list sessions", evaluate(LIST_SESSIONS, [indexKey(userId)]));
      return listed.map((stored) => parseStored(stored) as SessionSchema);
    },

    setSession: async (session) => {
      const hash = await hashSecret(session.id);
      const user = await rows.get(session.user_id);
      if (!user) throw new LuciaError("AUTH_INVALID_USER_ID");
      const end = endOf(session);
      const keys = [sessionKey(hash), indexKey(session.user_id), rows.key(session.user_id)];
      const script = evaluate(START_SESSION, keys, [
        JSON.stringify({ ...session, id: hash, idle_expires: end }),
        end,
        hash,
        session.created_at,
        session.created_at - SESSION_ABSOLUTE_MILLISECONDS,
        SESSIONS_PER_USER_MAX,
        session.created_at + SESSION_ABSOLUTE_MILLISECONDS,
        JSON.stringify(user),
        SNAPSHOT_TTL_SECONDS,
      ]);
      await redis("start session", script);
      known.set(session.id, session);
    },

    updateSession: async (id, changes) => {
      const session = known.get(id) ?? (await getSession(id));
      if (!session) throw new LuciaError("AUTH_INVALID_SESSION_ID");
      const updated = { ...session, ...changes };
      // Before anything is waited for: of two updates at once the second holds what the first has changed.
      known.set(id, updated);
      const hash = await hashSecret(id);
      const end = endOf(updated);
      const value = JSON.stringify({ ...updated, id: hash, idle_expires: end });
      const written = await redis("SET session XX", ["SET", sessionKey(hash), value, "XX", "PXAT", end]);
      if (written !== null) return;
      known.delete(id);
      throw new LuciaError("AUTH_INVALID_SESSION_ID");
    },

    end,
    deleteSession: async (id) => void (await end(id)),

    endListed: async (userId, handle) => {
      const script = evaluate(END_LISTED_SESSION, [sessionKey(handle), indexKey(userId)], [handle]);
      return (await redis<number>("end listed session", script)) === 1;
    },

    endOthers,
    deleteSessionsByUserId: (userId) => endOthers(userId, null),
  };
}

/** As much of Upstash's client as the original adapter needs to read. */
function readOnly(redis: Redis): Parameters<typeof upstashSessionAdapter>[0] {
  const get = async (key: string) => parseStored(await redis<string | null>("GET session", ["GET", key]));
  return { get } as unknown as Parameters<typeof upstashSessionAdapter>[0];
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
