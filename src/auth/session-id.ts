import { generateRandomString } from "lucia/utils";

/** 40 characters of Lucia's 36: 206 bits. */
const SECRET_CHARACTERS = 40;
const SESSION_ID = /^([a-z0-9]{15})\.[a-z0-9]{40}$/;

/** What the cookie holds, and what Lucia knows a session by: `<userId>.<secret>`. */
export function generateSessionId(userId: string): string {
  return `${userId}.${generateRandomString(SECRET_CHARACTERS)}`;
}

/** The user whose session `sessionId` claims to be; null if no session of ours looks like that. */
export function userIdOf(sessionId: string): string | null {
  return SESSION_ID.exec(sessionId)?.[1] ?? null;
}

/** The name under which a session is stored, so that a look into the store lets nobody in. SHA-256 in hex. */
export async function hashSessionId(sessionId: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(sessionId));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
