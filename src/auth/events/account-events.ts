import type { Database, Transaction } from "../../store/database.ts";
import type { AccountEventRow } from "../../store/schema.ts";
import { generateRandomString } from "../tokens/secrets.ts";

/** What an account's owner finds in its activity. Stored under these names, so a name once given stays. */
export type AccountEventType =
  | "signed-up"
  | "signed-in"
  | "signed-out"
  | "sign-in-failed"
  | "address-verified"
  | "password-changed"
  | "password-reset"
  | "email-change-requested"
  | "email-changed"
  | "email-change-undone"
  | "session-ended"
  | "other-sessions-ended"
  | "exported";

/** Where something came from, as far as its owner needs it to recognise themselves. */
export type EventOrigin = Pick<AccountEventRow, "address" | "country" | "browser" | "platform">;

/** For what the holder of an account may not know: where somebody else came from. */
export const UNKNOWN_ORIGIN: EventOrigin = { address: null, country: null, browser: null, platform: null };

/** How long an event is kept. */
export const EVENT_RETENTION_MILLISECONDS = 365 * 24 * 60 * 60 * 1_000;

/** How many events of one account on one day (UTC) have rows of their own; more of a type share one. */
const EVENTS_A_DAY_MAX = 100;

const EVENT_ID_CHARACTERS = 24;

const INSERT = `
insert into account_events (id, user_id, type, occurred_at, occurrences, address, country, browser, platform,
  ended_session)`;

/**
 * It takes the row of the user for granted: what is recorded late, after the account is deleted, leaves nothing behind.
 */
const RECORD = `${INSERT} select ?, id, ?, ?, 1, ?, ?, ?, ?, ? from users where id = ?`;

/** Where a failed attempt came from is for the holder of a verified email to know. */
const IF_VERIFIED = "case when email_verified_at is null then null else ? end";
const ORIGIN_IF_VERIFIED = [IF_VERIFIED, IF_VERIFIED, IF_VERIFIED, IF_VERIFIED].join(", ");
const RECORD_FAILURE = `${INSERT} select ?, id, ?, ?, 1, ${ORIGIN_IF_VERIFIED}, null from users where id = ? and email = ?`;

const COUNT_AGAIN = `
on duplicate key update occurrences = occurrences + 1, occurred_at = values(occurred_at), address = values(address),
  country = values(country), browser = values(browser), platform = values(platform),
  ended_session = values(ended_session)`;

const COUNT_SINCE = "select count(*) as events from account_events where user_id = ? and occurred_at >= ?";

/**
 * Adds an event to the activity of an account within the transaction that it tells of: they commit together. `now` is
 * epoch milliseconds.
 */
export async function recordEvent(
  transaction: Transaction,
  userId: string,
  type: AccountEventType,
  origin: EventOrigin,
  now: number,
): Promise<void> {
  await insertEvent(transaction, RECORD, generateRandomString(EVENT_ID_CHARACTERS), userId, type, origin, now, null);
}

/**
 * Adds an event once the answer is made. From the hundredth event of a day on, those of one type share a row, so that
 * nobody who signs in again and again fills the table. They are counted by a statement of its own: in the INSERT the
 * count would lock the gap that other accounts insert into, and they would deadlock. `endedSession`: the hash of the
 * session that the event ended, which a scheduled run ends again in case Redis lost it.
 */
export async function recordEventLater(
  database: Database,
  userId: string,
  type: AccountEventType,
  origin: EventOrigin,
  now: number,
  endedSession: string | null,
): Promise<void> {
  const since = Date.parse(dayOf(now));
  const { rows } = await database.execute<{ events: string | number }>(COUNT_SINCE, [userId, since]);
  if (Number(rows[0]?.events) < EVENTS_A_DAY_MAX) {
    const id = generateRandomString(EVENT_ID_CHARACTERS);
    await insertEvent(database, RECORD, id, userId, type, origin, now, endedSession);
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
  await insertEvent(database, RECORD + COUNT_AGAIN, id, userId, type, origin, now, endedSession);
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
  { address, country, browser, platform }: EventOrigin,
  now: number,
): Promise<void> {
  const type: AccountEventType = "sign-in-failed";
  const values = [sharedId(userId ?? "", type, now), type, now, address, country, browser, platform];
  await database.execute(RECORD_FAILURE + COUNT_AGAIN, [...values, userId ?? "", email]);
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

function sharedId(userId: string, type: AccountEventType, now: number): string {
  return `${userId}:${dayOf(now)}:${type}`;
}

async function insertEvent(
  database: Pick<Database, "execute">,
  sql: string,
  id: string,
  userId: string,
  type: AccountEventType,
  { address, country, browser, platform }: EventOrigin,
  now: number,
  endedSession: string | null,
): Promise<void> {
  await database.execute(sql, [id, type, now, address, country, browser, platform, endedSession, userId]);
}

/** Whether an event of exactly that moment (epoch milliseconds) stands in the trail: what it tells of was committed. */
export async function isRecorded(
  database: Database,
  userId: string,
  type: AccountEventType,
  occurredAt: number,
): Promise<boolean> {
  const find = "select id from account_events where user_id = ? and type = ? and occurred_at = ? limit 1";
  return (await database.execute(find, [userId, type, occurredAt])).rows.length > 0;
}

/** Where a page of the trail begins: after this event, which is older than all before it. */
export interface EventCursor {
  readonly occurredAt: number;
  readonly id: string;
}

const LIST = "select * from account_events where user_id = ?";
const OLDER = "and (occurred_at < ? or (occurred_at = ? and id < ?))";
const NEWEST_FIRST = "order by occurred_at desc, id desc limit ?";

/** At most `limit` events of an account, newest first; those older than `before` if it is given. */
export async function listEvents(
  database: Database,
  userId: string,
  limit: number,
  before: EventCursor | null = null,
): Promise<AccountEventRow[]> {
  const { rows } =
    before === null
      ? await database.execute<AccountEventRow>(`${LIST} ${NEWEST_FIRST}`, [userId, limit])
      : await database.execute<AccountEventRow>(`${LIST} ${OLDER} ${NEWEST_FIRST}`, [
          userId,
          before.occurredAt,
          before.occurredAt,
          before.id,
          limit,
        ]);
  return rows;
}
