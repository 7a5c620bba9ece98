import { LuciaError, type Session, type SessionSchema } from "lucia";
import type { Auth } from "../lucia/lucia.ts";
import { generateSessionId } from "./session-id.ts";
import { endOf, type SessionStore } from "./store.ts";

/** What a session tells its owner of the device that it was started on. */
export type SessionOrigin = Pick<SessionSchema, "country" | "browser" | "platform">;

/**
 * Starts a session with a secret of its own. `now` is epoch milliseconds; so is `passwordAt`, when the password was given,
 * or null if something else let this person in.
 */
export async function startSession(
  auth: Auth,
  userId: string,
  { country, browser, platform }: SessionOrigin,
  passwordAt: number | null,
  now: number,
): Promise<Session> {
  const user = await auth.getUser(userId);
  return auth.createSession({
    userId,
    sessionId: generateSessionId(userId),
    attributes: {
      created_at: now,
      epoch: user.sessionEpoch,
      password_at: passwordAt,
      seen_at: now,
      country,
      browser,
      platform,
    },
  });
}

/** The live session with that id, renewed if it is due (`fresh`), or null. Throws StoreUnavailable if nobody can tell. */
export async function validateSession(auth: Auth, sessionId: string): Promise<Session | null> {
  try {
    return await auth.validateSession(sessionId);
  } catch (error) {
    if (error instanceof LuciaError) return null;
    throw error;
  }
}

/** Changes what is noted about a session. That it has ended meanwhile is no error, and does not bring it back. */
export async function noteInSession(
  sessions: SessionStore,
  sessionId: string,
  note: Partial<Pick<SessionSchema, "password_at" | "seen_at">>,
): Promise<void> {
  try {
    await sessions.updateSession(sessionId, note);
  } catch (error) {
    if (!(error instanceof LuciaError)) throw error;
  }
}

/** Of sessions that were started before these were noted. */
const UNKNOWN = { password_at: null, country: null, browser: null, platform: null };

/** The sessions of a user that are alive, the last used first; under their handles, which open nothing. */
export function aliveSessions(listed: readonly SessionSchema[], epoch: number, now: number): SessionSchema[] {
  return listed
    .map((session) => ({ ...UNKNOWN, ...session, seen_at: session.seen_at ?? session.created_at }))
    .filter((session) => session.epoch === epoch && endOf(session) > now)
    .toSorted((a, b) => b.seen_at - a.seen_at);
}
