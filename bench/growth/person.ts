import { createHash } from "node:crypto";
import {
  SESSION_ABSOLUTE_MILLISECONDS,
  SESSIONS_PER_USER_MAX,
  SNAPSHOT_TTL_SECONDS,
} from "../../src/auth/sessions/lifetimes.ts";

/** What somebody has left in the stores who signed up through the Worker: of this all others are copies. */
export interface Sample {
  readonly hashedPassword: string;
  readonly session: StoredSession;
  readonly user: Readonly<Record<string, unknown>>;
}

/** As `src/auth/sessions/store.ts` writes it. */
export interface StoredSession {
  readonly created_at: number;
  readonly idle_expires: number;
  readonly [field: string]: unknown;
}

/** Spread evenly, as random ids are, and known without asking. */
export function userIdOf(number: number): string {
  return sha256(`user ${number}`).slice(0, 15);
}

export function emailOf(number: number): string {
  return `${userIdOf(number)}@example.com`;
}

/** What the cookie of one of this person's sessions holds. */
export function sessionIdOf(number: number, session: number): string {
  return `${userIdOf(number)}.${sha256(`session ${session} of ${number}`).slice(0, 40)}`;
}

/** What `START_SESSION` of `src/auth/sessions/scripts.ts` takes to start a session of that person: number of keys, keys, arguments. */
export function startSessionArguments({ session, user }: Sample, number: number, ordinal: number): string[] {
  const userId = userIdOf(number);
  const hash = sha256(sessionIdOf(number, ordinal));
  const end = session.idle_expires;
  return [
    "3",
    `session:${hash}`,
    `user_sessions:${userId}`,
    `user:${userId}`,
    JSON.stringify({ ...session, id: hash, user_id: userId }),
    `${end}`,
    hash,
    `${session.created_at}`,
    `${session.created_at - SESSION_ABSOLUTE_MILLISECONDS}`,
    `${SESSIONS_PER_USER_MAX}`,
    `${session.created_at + SESSION_ABSOLUTE_MILLISECONDS}`,
    JSON.stringify({ ...user, id: userId, email: emailOf(number) }),
    `${SNAPSHOT_TTL_SECONDS}`,
  ];
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
