import type { Language } from "../../i18n/language.ts";
import {
  countEventsSince,
  insertEvent,
  insertOrCountEvent,
  insertOrCountFailure,
  type SingleEvent,
} from "../../store/account-events.ts";
import type { Database, Transaction } from "../../store/database.ts";
import type { AccountEventRow } from "../../store/schema.ts";
import { generateRandomString } from "../tokens/secrets.ts";
import { type Notice, type QueuedNotice, queueNotice } from "./queue-notice.ts";

/** What an account's owner finds in its activity. Stored under these names, so a name once given stays. */
export type AccountEventType =
  | "signed-up"
  | "signed-in"
  | "signed-out"
  | "sign-in-failed"
  | "email-verified"
  | "password-changed"
  | "password-reset"
  | "email-change-requested"
  | "email-changed"
  | "email-change-undone"
  | "session-ended"
  | "other-sessions-ended"
  | "exported";

/** Where something came from, as far as its owner needs it to recognise themselves. */
export type EventOrigin = Pick<AccountEventRow, "ip" | "country" | "browser" | "platform">;

/** What an operation has to know of the request that asks for it. */
export interface Cause {
  readonly origin: EventOrigin;
  /** Of the pages that the request is answered with. */
  readonly language: Language;
  /** Epoch milliseconds when it came in. */
  readonly now: number;
}

/** For what the holder of an account may not know: where somebody else came from. */
export const UNKNOWN_ORIGIN: EventOrigin = { ip: null, country: null, browser: null, platform: null };

/** How long an event is kept. */
export const EVENT_RETENTION_MILLISECONDS = 365 * 24 * 60 * 60 * 1_000;

/** How many events of one account on one day (UTC) have rows of their own; more of a type share one. */
const EVENTS_A_DAY_MAX = 100;

const EVENT_ID_CHARACTERS = 24;

/** What has happened to an account, and who must hear of it. */
export interface AccountEvent {
  readonly userId: string;
  readonly type: AccountEventType;
  /** In the language of the account, or of the request where the account has none. */
  readonly notices?: readonly (Omit<Notice, "language"> & { readonly language?: Language | null })[];
}

/** An event that a transaction has emitted, for the request to log, and to send its notices at once. */
export interface EmittedEvent {
  readonly userId: string;
  /** A deletion is in no audit log: that is deleted, too. */
  readonly type: AccountEventType | "account-deleted";
  readonly notices: readonly QueuedNotice[];
}

/**
 * Adds an event to the audit log of an account, and its notices to the outbox, within the transaction that it tells of: they
 * commit together. What the request does not send the minute clock does.
 */
export async function emitEvent(
  transaction: Transaction,
  { userId, type, notices = [] }: AccountEvent,
  { origin, language, now }: Cause,
): Promise<EmittedEvent> {
  const id = generateId();
  await insertEvent(transaction, toEvent(id, userId, type, origin, now, null));
  const queued: QueuedNotice[] = [];
  for (const notice of notices) {
    const addressed = { ...notice, language: notice.language ?? language };
    queued.push(await queueNotice(transaction, userId, id, addressed, now));
  }
  return { userId, type, notices: queued };
}

/**
 * Adds an event once the answer is made. From the hundredth event of a day on, those of one type share a row, so that
 * nobody who signs in again and again fills the table. `endedSession`: the hash of the session that the event ended, which
 * a scheduled run ends again in case Redis lost it.
 */
export async function recordEventLater(
  database: Database,
  userId: string,
  type: AccountEventType,
  origin: EventOrigin,
  now: number,
  endedSession: string | null,
): Promise<void> {
  if ((await countEventsSince(database, userId, Date.parse(dayOf(now)))) < EVENTS_A_DAY_MAX) {
    await insertEvent(database, toEvent(generateId(), userId, type, origin, now, endedSession));
  } else {
    await countEvent(database, userId, type, origin, now, endedSession);
  }
}

/**
 * Counts an event that may happen often. All of one type on one day (UTC) share a row, which tells the number and the
 * last.
 */
export async function countEvent(
  database: Database,
  userId: string,
  type: AccountEventType,
  origin: EventOrigin,
  now: number,
  endedSession: string | null = null,
): Promise<void> {
  const id = sharedId(userId, type, now);
  await insertOrCountEvent(database, toEvent(id, userId, type, origin, now, endedSession));
}

/**
 * Counts an attempt with a wrong password. An attempt at an email that the account has left is none at this account:
 * whoever makes it may be the owner from whom it was taken, and the holder learns nothing of them. Without an account
 * (`userId` null) it costs the same and writes nothing.
 */
export async function countFailure(
  database: Database,
  userId: string | null,
  email: string,
  origin: EventOrigin,
  now: number,
): Promise<void> {
  const type: AccountEventType = "sign-in-failed";
  const holder = userId ?? "";
  await insertOrCountFailure(database, toEvent(sharedId(holder, type, now), holder, type, origin, now, null), email);
}

function generateId(): string {
  return generateRandomString(EVENT_ID_CHARACTERS);
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

function sharedId(userId: string, type: AccountEventType, now: number): string {
  return `${userId}:${dayOf(now)}:${type}`;
}

function toEvent(
  id: string,
  userId: string,
  type: AccountEventType,
  { ip, country, browser, platform }: EventOrigin,
  now: number,
  endedSession: string | null,
): SingleEvent {
  const origin = { ip, country, browser, platform };
  return { id, user_id: userId, type, occurred_at: now, ...origin, ended_session: endedSession };
}
