import { LuciaError, type Session } from "lucia";
import type { Auth } from "./lucia.ts";
import { generateSessionId } from "./session-id.ts";

/** Starts a session with a secret of its own. `now` is epoch milliseconds. */
export async function startSession(auth: Auth, userId: string, now: number): Promise<Session> {
  const user = await auth.getUser(userId);
  return auth.createSession({
    userId,
    sessionId: generateSessionId(userId),
    attributes: { created_at: now, epoch: user.sessionEpoch },
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
