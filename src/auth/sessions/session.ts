import type { Account } from "../accounts/account.ts";
import type { Evidence } from "./evidence.ts";
import { SESSION_ABSOLUTE_MILLISECONDS } from "./lifetimes.ts";

/** What is stored of a session, under the hash of its id. All times are epoch milliseconds. */
export interface SessionRecord {
  readonly userId: string;
  readonly createdAt: number;
  /** The account's `sessionEpoch` when the session was started. */
  readonly epoch: number;
  /** From when on its next use renews it. */
  readonly renewAt: number;
  /** When it ends unless it is used. */
  readonly idleEndsAt: number;
  /** When it was last used, give or take ten minutes. */
  readonly seenAt: number;
  readonly evidence: Evidence;
  readonly country: string | null;
  readonly browser: string | null;
  readonly platform: string | null;
}

/** A session as a request has read or written it. */
export interface StoredSession {
  readonly record: SessionRecord;
  /** Byte for byte as it is stored. Only what still is so is replaced. */
  readonly raw: string;
}

/** The live session of a request. All times are epoch milliseconds. */
export interface Session {
  /** What the cookie holds, `<account's id>.<secret>`. It is a bearer credential. */
  readonly id: string;
  readonly account: Account;
  readonly createdAt: number;
  /** When it was last used before this request, give or take ten minutes. */
  readonly seenAt: number;
  /** When it ends if it is not used again. */
  readonly expiresAt: number;
  readonly evidence: Evidence;
  /** Whether this request has renewed it, so that its cookie is sent again. */
  readonly isFresh: boolean;
  /** What a change of it replaces. */
  readonly stored: StoredSession;
}

/** What a session tells its owner of the device that it was started on. */
export type SessionOrigin = Pick<SessionRecord, "country" | "browser" | "platform">;

/** A session by its handle, the hash of its id, which opens nothing. */
export interface ListedSession extends SessionRecord {
  readonly handle: string;
}

/** When a session ends unless it is renewed, as epoch milliseconds: idle for too long, or too old whatever its use. */
export function expiresAt({ idleEndsAt, createdAt }: Pick<SessionRecord, "idleEndsAt" | "createdAt">): number {
  return Math.min(idleEndsAt, createdAt + SESSION_ABSOLUTE_MILLISECONDS);
}

/** The sessions of an account that are alive, the last used first. `now` is epoch milliseconds. */
export function activeSessions(listed: readonly ListedSession[], epoch: number, now: number): ListedSession[] {
  return listed
    .filter((session) => session.epoch === epoch && expiresAt(session) > now)
    .toSorted((a, b) => b.seenAt - a.seenAt);
}
