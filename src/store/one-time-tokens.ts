import type { Executor } from "./database.ts";
import type { OneTimeTokenRow } from "./schema.ts";

/** A new row, without attempts and without the column that only earlier releases write. */
export type NewToken = Omit<OneTimeTokenRow, "attempts" | "hashed_password">;

const INSERT = `
insert into one_time_tokens (purpose, subject, requester, token_hash, email, user_id, browser_hash, code_hash, attempts,
  code_expires_at, expires_at, created_at)`;
const VALUES = "?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?";
const INSERT_FOR_NO_USER = `${INSERT} values (${VALUES})`;
/** Selects from `users`, so that a token issued after the account was deleted is not inserted. */
const INSERT_FOR_USER = `${INSERT} select ${VALUES} from users where id = ?`;

/** Adds a row, unless its account is gone. It waits for no other row of the table. */
export async function insertToken(database: Executor, row: NewToken): Promise<void> {
  const values = [
    row.purpose,
    row.subject,
    row.requester,
    row.token_hash,
    row.email,
    row.user_id,
    row.browser_hash,
    row.code_hash,
    row.code_expires_at,
    row.expires_at,
    row.created_at,
  ];
  if (row.user_id === null) await database.execute(INSERT_FOR_NO_USER, values);
  else await database.execute(INSERT_FOR_USER, [...values, row.user_id]);
}

const INSERT_UNDO = `
insert into one_time_tokens (purpose, subject, requester, token_hash, email, user_id, code_expires_at, expires_at,
  created_at)
select 'undo-email', email, ?, ?, email, user_id, ?, expires_at, created_at from reserved_emails
where email = ? and expires_at > ?`;

/**
 * Adds a token that undoes the change by which an email was given up, and that expires with the reservation. False if
 * the email is not reserved at `now` (epoch milliseconds). One statement, so that undoing the change at the same time
 * revokes this token, too.
 */
export async function insertUndoToken(
  database: Executor,
  {
    email,
    requester,
    token_hash,
    code_expires_at,
  }: Pick<NewToken, "email" | "requester" | "token_hash" | "code_expires_at">,
  now: number,
): Promise<boolean> {
  const values = [requester, token_hash, code_expires_at, email, now];
  return (await database.execute(INSERT_UNDO, values)).rowsAffected === 1;
}

/**
 * Valid tokens of one requester for a purpose and a subject. Requests of others do not count, so they cannot revoke an
 * owner's link.
 */
const LIVE_PER_REQUESTER = 3;

/**
 * Holds for a row that has not expired and is among the newest three of its requester. Its age is given by the end of
 * its code, because all links that undo a change have the `created_at` of that change.
 */
const IS_LIVE = `one_time_tokens.expires_at > ? and (
  select count(*) from one_time_tokens as newer
  where newer.purpose = one_time_tokens.purpose and newer.subject = one_time_tokens.subject
    and newer.requester = one_time_tokens.requester and (newer.code_expires_at > one_time_tokens.code_expires_at
      or (newer.code_expires_at = one_time_tokens.code_expires_at and newer.token_hash > one_time_tokens.token_hash))
) < ${LIVE_PER_REQUESTER}`;

/** A row with the password of its pending sign-up, in the current or the former form. */
const SELECT = `select one_time_tokens.purpose, one_time_tokens.subject, one_time_tokens.requester,
  one_time_tokens.token_hash, one_time_tokens.email, one_time_tokens.user_id,
  coalesce(pending_signups.hashed_password, one_time_tokens.hashed_password) as hashed_password,
  one_time_tokens.browser_hash, one_time_tokens.code_hash, one_time_tokens.attempts, one_time_tokens.code_expires_at,
  one_time_tokens.expires_at, one_time_tokens.created_at
from one_time_tokens left join pending_signups on pending_signups.token_hash = one_time_tokens.token_hash`;

/** The valid row of a token; null if there is none. `now` is epoch milliseconds. */
export async function findLiveToken(
  database: Executor,
  purpose: string,
  tokenHash: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  const select = `${SELECT} where one_time_tokens.token_hash = ? and purpose = ? and ${IS_LIVE}`;
  return (await database.execute<OneTimeTokenRow>(select, [tokenHash, purpose, now])).rows[0] ?? null;
}

/** The valid row that a browser requested; null if there is none. */
export async function findLiveTokenOfBrowser(
  database: Executor,
  purpose: string,
  browserHash: string,
  now: number,
): Promise<OneTimeTokenRow | null> {
  const select = `${SELECT} where browser_hash = ? and purpose = ? and ${IS_LIVE}`;
  return (await database.execute<OneTimeTokenRow>(select, [browserHash, purpose, now])).rows[0] ?? null;
}

const SELECT_SIGNUP = `${SELECT} where purpose = 'verify-email' and subject = ?
  and coalesce(pending_signups.hashed_password, one_time_tokens.hashed_password) is not null and ${IS_LIVE}
  order by case when browser_hash = ? then 0 when requester in (?) then 1 else 2 end, created_at desc limit 1`;

/**
 * The valid sign-up with that email: of this browser, otherwise the newest of these requesters, otherwise the newest.
 */
export async function findLiveSignup(
  database: Executor,
  email: string,
  browserHash: string,
  requesters: readonly string[],
  now: number,
): Promise<OneTimeTokenRow | null> {
  const values = [email, now, browserHash, requesters];
  return (await database.execute<OneTimeTokenRow>(SELECT_SIGNUP, values)).rows[0] ?? null;
}

const SELECT_PENDING_EMAIL = `select email from one_time_tokens
  where user_id = ? and purpose = 'change-email' and expires_at > ? order by created_at desc limit 1`;

/** The email that an account is to get once its newest link is used; null if there is none. */
export async function findPendingEmail(database: Executor, userId: string, now: number): Promise<string | null> {
  const { rows } = await database.execute<Pick<OneTimeTokenRow, "email">>(SELECT_PENDING_EMAIL, [userId, now]);
  return rows[0]?.email ?? null;
}

export async function listTokens(database: Executor, userId: string): Promise<OneTimeTokenRow[]> {
  return (await database.execute<OneTimeTokenRow>("select * from one_time_tokens where user_id = ?", [userId])).rows;
}

/** Assigns a token to an account, or to none. */
export async function setTokenUser(database: Executor, tokenHash: string, userId: string | null): Promise<void> {
  await database.execute("update one_time_tokens set user_id = ? where token_hash = ?", [userId, tokenHash]);
}

/** Counts an attempt at a token. Returns false and counts nothing if `max` is reached. */
export async function incrementAttempts(database: Executor, tokenHash: string, max: number): Promise<boolean> {
  const count = "update one_time_tokens set attempts = attempts + 1 where token_hash = ? and attempts < ?";
  return (await database.execute(count, [tokenHash, max])).rowsAffected === 1;
}

/** The same at the code of a browser's request. Also false if the code expired before `now`. */
export async function incrementCodeAttempts(
  database: Executor,
  purpose: string,
  browserHash: string,
  max: number,
  now: number,
): Promise<boolean> {
  const count = `update one_time_tokens set attempts = attempts + 1
    where browser_hash = ? and purpose = ? and attempts < ? and code_expires_at > ?`;
  return (await database.execute(count, [browserHash, purpose, max, now])).rowsAffected === 1;
}
