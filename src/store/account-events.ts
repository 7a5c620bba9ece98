import type { Executor, Transaction } from "./database.ts";
import type { Position } from "./position.ts";
import type { AccountEventRow } from "./schema.ts";

/** A new event, as its row. */
export type SingleEvent = Omit<AccountEventRow, "occurrences">;

const INSERT = `
insert into account_events (id, user_id, type, occurred_at, occurrences, ip, country, browser, platform,
  ended_session)`;

/** Selects from `users`, so that an event recorded after the account was deleted is not inserted. */
const INSERT_EVENT = `${INSERT} select ?, id, ?, ?, 1, ?, ?, ?, ?, ? from users where id = ?`;

/** The origin of a failed attempt is only for the holder of a verified email. */
const IF_VERIFIED = "case when email_verified_at is null then null else ? end";
const ORIGIN_IF_VERIFIED = [IF_VERIFIED, IF_VERIFIED, IF_VERIFIED, IF_VERIFIED].join(", ");
const INSERT_FAILURE = `${INSERT} select ?, id, ?, ?, 1, ${ORIGIN_IF_VERIFIED}, null from users where id = ? and email = ?`;

const COUNT_AGAIN = `
on duplicate key update occurrences = occurrences + 1, occurred_at = values(occurred_at), ip = values(ip),
  address = null, country = values(country), browser = values(browser), platform = values(platform),
  ended_session = values(ended_session)`;

/** Adds a row. Returns false and adds nothing if the account is gone. */
export async function insertEvent(database: Executor, event: SingleEvent): Promise<boolean> {
  return (await database.execute(INSERT_EVENT, valuesOf(event))).rowsAffected > 0;
}

/**
 * Adds a row, or counts the event in the row with that id, which then has the time and origin of this event. Returns
 * false and changes nothing if the account is gone.
 */
export async function insertOrCountEvent(database: Executor, event: SingleEvent): Promise<boolean> {
  return (await database.execute(`${INSERT_EVENT} ${COUNT_AGAIN}`, valuesOf(event))).rowsAffected > 0;
}

function valuesOf(event: SingleEvent) {
  const { id, user_id, type, occurred_at, ip, country, browser, platform, ended_session } = event;
  return [id, type, occurred_at, ip, country, browser, platform, ended_session, user_id];
}

/** The same, if the account has that email. The origin is left out unless the email is verified. */
export async function insertOrCountFailure(
  database: Executor,
  { id, user_id, type, occurred_at, ip, country, browser, platform }: SingleEvent,
  email: string,
): Promise<void> {
  const values = [id, type, occurred_at, ip, country, browser, platform, user_id, email];
  await database.execute(`${INSERT_FAILURE} ${COUNT_AGAIN}`, values);
}

const COUNT_SINCE = "select count(*) as events from account_events where user_id = ? and occurred_at >= ?";

/**
 * Counts the rows of an account since a time (epoch milliseconds). A statement of its own: within an INSERT the count
 * would lock the gap that other accounts insert into, and they would deadlock. Uses the index on `user_id` and
 * `occurred_at`.
 */
export async function countEventsSince(database: Executor, userId: string, since: number): Promise<number> {
  const { rows } = await database.execute<{ events: string | number }>(COUNT_SINCE, [userId, since]);
  return Number(rows[0]?.events);
}

/** Releases before 0.2.0 store the ip in another column, and one type under another name. */
const LIST = `select id, user_id, case when type = 'address-verified' then 'email-verified' else type end as type,
  occurred_at, occurrences, coalesce(ip, address) as ip, country, browser, platform, ended_session
  from account_events where user_id = ?`;
const OLDER = "and (occurred_at < ? or (occurred_at = ? and id < ?))";
const NEWEST_FIRST = "order by occurred_at desc, id desc limit ?";

/** At most `limit` events of an account, newest first; those older than `before` if it is given. */
export async function listEvents(
  database: Executor,
  userId: string,
  limit: number,
  before: Position | null = null,
): Promise<AccountEventRow[]> {
  const { rows } =
    before === null
      ? await database.execute<AccountEventRow>(`${LIST} ${NEWEST_FIRST}`, [userId, limit])
      : await database.execute<AccountEventRow>(`${LIST} ${OLDER} ${NEWEST_FIRST}`, [
          userId,
          before.at,
          before.at,
          before.id,
          limit,
        ]);
  return rows;
}

/** A session that its owner ended on the devices page or by signing out. */
export interface EndedSession {
  readonly id: string;
  readonly user_id: string;
  readonly occurred_at: number;
  readonly ended_session: string;
}

const ENDED_SESSIONS = `select id, user_id, occurred_at, ended_session from account_events
  where ended_session is not null and (occurred_at > ? or (occurred_at = ? and id > ?))
  order by occurred_at, id limit ?`;

/** Sessions that were ended one by one after a position, oldest first. Uses the index on `occurred_at`. */
export async function listEndedSessions(
  database: Executor,
  { at, id }: Position,
  limit: number,
): Promise<EndedSession[]> {
  return (await database.execute<EndedSession>(ENDED_SESSIONS, [at, at, id, limit])).rows;
}

export async function deleteEvents(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from account_events where user_id = ?", [userId]);
}

/** Deletes at most `limit` events that happened until then (epoch milliseconds) and returns their number. */
export async function deleteEventsUntil(database: Executor, until: number, limit: number): Promise<number> {
  const remove = "delete from account_events where occurred_at <= ? limit ?";
  return (await database.execute(remove, [until, limit])).rowsAffected;
}
