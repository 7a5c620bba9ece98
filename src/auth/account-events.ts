import { generateRandomString } from "lucia/utils";
import type { Database, Transaction } from "../store/database.ts";
import type { AccountEventRow } from "../store/schema.ts";

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

/** How long an event is kept. */
export const EVENT_RETENTION_MILLISECONDS = 365 * 24 * 60 * 60 * 1_000;

const EVENT_ID_CHARACTERS = 24;

/** It takes the row of the user for granted: what is recorded late, after the account is deleted, leaves nothing behind. */
const RECORD = `
insert into account_events (id, user_id, type, occurred_at, occurrences, address, country, browser, platform)
select ?, id, ?, ?, 1, ?, ?, ?, ? from users where id = ?`;

const COUNT_AGAIN = `
on duplicate key update occurrences = occurrences + 1, occurred_at = values(occurred_at), address = values(address),
  country = values(country), browser = values(browser), platform = values(platform)`;

/** Adds to the trail of an account. `now` is epoch milliseconds. Within a transaction it commits with what it tells of. */
export async function recordEvent(
  database: Database | Transaction,
  userId: string,
  type: AccountEventType,
  origin: EventOrigin,
  now: number,
): Promise<void> {
  await insertEvent(database, RECORD, generateRandomString(EVENT_ID_CHARACTERS), userId, type, origin, now);
}

/**
 * Counts what anybody may cause as often as they like. All of one type on one day (UTC) share a row, which tells the
 * number and the last. Without an account (`userId` null) it costs the same and writes nothing.
 */
export async function countEvent(
  database: Database,
  userId: string | null,
  type: "sign-in-failed" | "exported",
  origin: EventOrigin,
  now: number,
): Promise<void> {
  const day = new Date(now).toISOString().slice(0, 10);
  const id = `${userId ?? ""}:${day}:${type}`;
  await insertEvent(database, RECORD + COUNT_AGAIN, id, userId ?? "", type, origin, now);
}

async function insertEvent(
  database: Pick<Database, "execute">,
  sql: string,
  id: string,
  userId: string,
  type: AccountEventType,
  { address, country, browser, platform }: EventOrigin,
  now: number,
): Promise<void> {
  await database.execute(sql, [id, type, now, address, country, browser, platform, userId]);
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
