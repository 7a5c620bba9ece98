import { generateSecret } from "../tokens/secrets.ts";

const SESSION_ID = /^([a-z0-9]{15})\.[a-z0-9]{40}$/;

/** The value of the session cookie and Lucia's session id: `<userId>.<secret>`. */
export function generateSessionId(userId: string): string {
  return `${userId}.${generateSecret()}`;
}

/** The user that a session id claims to belong to; null if it does not have the form of one. */
export function userIdOf(sessionId: string): string | null {
  return SESSION_ID.exec(sessionId)?.[1] ?? null;
}
