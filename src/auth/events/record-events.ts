import type { Language } from "../../i18n/language.ts";
import {
  countEventsSince,
  insertEvent,
  insertOrCountEvent,
  insertOrCountFailure,
  type SingleEvent,
} from "../../store/account-events.ts";
import type { Database, Executor, Transaction } from "../../store/database.ts";
import type { AccountEventRow } from "../../store/schema.ts";
import { generateRandomString } from "../tokens/secrets.ts";
import { type Notice, type QueuedNotice, queueNotice } from "./queue-notice.ts";

/** The events that an owner finds in the activity. They are stored under these names, so a name must not change. */
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
  | "email-change-canceled"
  | "email-change-undone"
  | "email-change-final"
  | "passkey-added"
  | "passkey-removed"
  | "two-step-on"
  | "two-step-off"
  | "authenticator-added"
  | "authenticator-removed"
  | "recovery-codes-created"
  | "recovery-code-used"
  | "second-step-failed"
  | "device-remembered"
  | "device-forgotten"
  | "session-ended"
  | "other-sessions-ended"
  | "exported";

/** Where a request came from, as far as owners need it to recognize themselves. */
export type EventOrigin = Pick<AccountEventRow, "ip" | "country" | "browser" | "platform">;

/** The facts about a request that an operation needs. */
export interface Cause {
  readonly origin: EventOrigin;
  /** The language of the answer. */
  readonly language: Language;
  /** When the request came in, as epoch milliseconds. */
  readonly now: number;
}

/** For events whose origin the account's holder must not learn, because it belongs to someone else. */
export const UNKNOWN_ORIGIN: EventOrigin = { ip: null, country: null, browser: null, platform: null };

/** How long an event is kept. */
export const EVENT_RETENTION_MILLISECONDS = 365 * 24 * 60 * 60 * 1_000;

/** Events of one account on one day (UTC) that have rows of their own. After that, those of one type share a row. */
const EVENTS_A_DAY_MAX = 100;

const EVENT_ID_CHARACTERS = 24;

/** An event with its notices. */
export interface AccountEvent {
  readonly userId: string;
  readonly type: AccountEventType;
  /** Without a language, a notice uses that of the request. */
  readonly notices?: readonly (Omit<Notice, "language"> & { readonly language?: Language | null })[];
}

/** An event that a transaction has emitted. The request logs it and sends its notices. */
export interface EmittedEvent {
  readonly userId: string;
  /** A deletion has no row in the audit log, which is deleted, too. */
  readonly type: AccountEventType | "account-deleted";
  readonly notices: readonly QueuedNotice[];
}

/**
 * Adds an event to the audit log and its notices to the outbox, in the transaction of the change. The scheduled run
 * sends the notices that the request does not.
 */
export async function emitEvent(transaction: Transaction, event: AccountEvent, cause: Cause): Promise<EmittedEvent> {
  const { userId, type } = event;
  const id = generateId();
  await insertEvent(transaction, toEvent(id, userId, type, cause.origin, cause.now, null));
  return { userId, type, notices: await queueNotices(transaction, event, id, cause) };
}

async function queueNotices(
  transaction: Transaction,
  { userId, notices = [] }: AccountEvent,
  eventId: string,
  cause: Cause,
): Promise<QueuedNotice[]> {
  const queued: QueuedNotice[] = [];
  for (const notice of notices) {
    const addressed = { ...notice, language: notice.language ?? cause.language };
    queued.push(await queueNotice(transaction, userId, eventId, addressed, cause));
  }
  return queued;
}

/**
 * Adds an event after the answer. After the hundredth event of a day, those of one type share a row, so that repeated
 * sign-ins cannot fill the table. `endedSession`: the hash of the session that the event ended, which the scheduled run
 * ends again in case Redis lost it. Returns the id of the row, or null if the account is gone.
 */
export async function recordEventLater(
  database: Executor,
  userId: string,
  type: AccountEventType,
  origin: EventOrigin,
  now: number,
  endedSession: string | null,
): Promise<string | null> {
  const isShared = (await countEventsSince(database, userId, Date.parse(dayOf(now)))) >= EVENTS_A_DAY_MAX;
  const id = isShared ? sharedId(userId, type, now) : generateId();
  const event = toEvent(id, userId, type, origin, now, endedSession);
  const isRecorded = isShared ? await insertOrCountEvent(database, event) : await insertEvent(database, event);
  return isRecorded ? id : null;
}

/**
 * Like `recordEventLater`, and adds the notices of the event to the outbox in the same transaction. Returns the notices,
 * which are none if the account is gone.
 */
export async function emitEventLater(database: Database, event: AccountEvent, cause: Cause): Promise<QueuedNotice[]> {
  const { userId, type } = event;
  const { origin, now } = cause;
  return database.transaction(async (transaction) => {
    const id = await recordEventLater(transaction, userId, type, origin, now, null);
    return id === null ? [] : queueNotices(transaction, event, id, cause);
  });
}

/** Counts an event. All of one type on one day (UTC) share a row with the number and the last of them. */
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
 * Counts an attempt with a wrong password. An attempt at an email that the account has given up is not counted for it:
 * it may come from the owner from whom the account was taken, and the attacker must learn nothing. Without an account
 * (`userId` null) it makes the same call and writes nothing.
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
