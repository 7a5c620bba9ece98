import { generateSecret } from "../tokens/secrets.ts";

const SESSION_ID = /^([a-z0-9]{15})\.[a-z0-9]{40}$/;

/** What the cookie holds, and what Lucia knows a session by: `<userId>.<secret>`. */
export function generateSessionId(userId: string): string {
  return `${userId}.${generateSecret()}`;
}

/** The user whose session `sessionId` claims to be; null if no session of ours looks like that. */
export function userIdOf(sessionId: string): string | null {
  return SESSION_ID.exec(sessionId)?.[1] ?? null;
}
