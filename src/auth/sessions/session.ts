import type { Account } from "../accounts/account.ts";
import type { Evidence } from "./evidence.ts";
import { SESSION_ABSOLUTE_MILLISECONDS } from "./lifetimes.ts";

/** The stored fields of a session. All times are epoch milliseconds. */
export interface SessionRecord {
  readonly userId: string;
  readonly createdAt: number;
  /** The account's `sessionEpoch` when the session was started. */
  readonly epoch: number;
  /** From this time on its next use renews it. */
  readonly renewAt: number;
  /** When it expires without use. */
  readonly idleEndsAt: number;
  /** When it was last used, to ten minutes. */
  readonly seenAt: number;
  readonly evidence: Evidence;
  readonly country: string | null;
  readonly browser: string | null;
  readonly platform: string | null;
}

/** A session as a request has read or written it. */
export interface StoredSession {
  readonly record: SessionRecord;
  /** The stored text. A session is replaced only if its text has not changed. */
  readonly raw: string;
}

/** The live session of a request. All times are epoch milliseconds. */
export interface Session {
  /** The value of the cookie, `<account's id>.<secret>`. It is a bearer credential. */
  readonly id: string;
  readonly account: Account;
  readonly createdAt: number;
  /** When it was last used before this request, to ten minutes. */
  readonly seenAt: number;
  /** When it expires without further use. */
  readonly expiresAt: number;
  readonly evidence: Evidence;
  /** Whether this request renewed it, so that its cookie is sent again. */
  readonly isFresh: boolean;
  /** The stored session that a change replaces. */
  readonly stored: StoredSession;
}

/** The device on which a session was started. */
export type SessionOrigin = Pick<SessionRecord, "country" | "browser" | "platform">;

/** A session with its handle, the hash of its id, which cannot be used to sign in. */
export interface ListedSession extends SessionRecord {
  readonly handle: string;
}

/** When a session expires unless it is renewed, as epoch milliseconds: the earlier of its idle and absolute end. */
export function expiresAt({ idleEndsAt, createdAt }: Pick<SessionRecord, "idleEndsAt" | "createdAt">): number {
  return Math.min(idleEndsAt, createdAt + SESSION_ABSOLUTE_MILLISECONDS);
}

/** The live sessions of an account, last used first. `now` is epoch milliseconds. */
export function activeSessions(listed: readonly ListedSession[], epoch: number, now: number): ListedSession[] {
  return listed
    .filter((session) => session.epoch === epoch && expiresAt(session) > now)
    .toSorted((a, b) => b.seenAt - a.seenAt);
}
