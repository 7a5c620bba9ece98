import type { Executor, Transaction } from "./database.ts";
import type { OneTimeTokenRow } from "./schema.ts";

/**
 * Tokens of an account that undo a change of its email, and have not expired. Their subject is the email that was given up.
 * `now` is epoch milliseconds.
 */
export async function listUndoTokens(database: Executor, userId: string, now: number): Promise<OneTimeTokenRow[]> {
  const select = "select * from one_time_tokens where user_id = ? and purpose = 'undo-email' and expires_at > ?";
  return (await database.execute<OneTimeTokenRow>(select, [userId, now])).rows;
}

/**
 * One of the tokens that undo a change from this email, and have not expired: they are good for the same. Null if there is
 * none. `now` is epoch milliseconds.
 */
export async function findUndoToken(database: Executor, email: string, now: number): Promise<OneTimeTokenRow | null> {
  const select =
    "select * from one_time_tokens where purpose = 'undo-email' and subject = ? and expires_at > ? limit 1";
  return (await database.execute<OneTimeTokenRow>(select, [email, now])).rows[0] ?? null;
}

/** Locks and returns the tokens of an account that undo a change of its email, expired or not. */
export async function lockUndoTokens(transaction: Transaction, userId: string): Promise<OneTimeTokenRow[]> {
  const select = "select * from one_time_tokens where user_id = ? and purpose = 'undo-email' for update";
  return (await transaction.execute<OneTimeTokenRow>(select, [userId])).rows;
}

/** Deletes the tokens by which an account can go back to one of these emails. */
export async function deleteUndoTokensOfUser(
  transaction: Transaction,
  userId: string,
  emails: readonly string[],
): Promise<void> {
  const remove = "delete from one_time_tokens where purpose = 'undo-email' and user_id = ? and subject in (?)";
  await transaction.execute(remove, [userId, emails]);
}

/**
 * Deletes the tokens that undo a change from this email and are the account's, or expired by `now` (epoch milliseconds).
 * Returns how many.
 */
export async function deleteOwnOrExpiredUndoTokens(
  transaction: Transaction,
  email: string,
  userId: string,
  now: number,
): Promise<number> {
  const remove = `delete from one_time_tokens
    where purpose = 'undo-email' and subject = ? and (user_id = ? or expires_at <= ?)`;
  return (await transaction.execute(remove, [email, userId, now])).rowsAffected;
}

/** Deletes the tokens that undo a change from these emails and expired by `now` (epoch milliseconds). Returns how many. */
export async function deleteExpiredUndoTokens(
  transaction: Transaction,
  emails: readonly string[],
  now: number,
): Promise<number> {
  const remove = "delete from one_time_tokens where purpose = 'undo-email' and subject in (?) and expires_at <= ?";
  return (await transaction.execute(remove, [emails, now])).rowsAffected;
}

/**
 * Locks the tokens that undo a change and expired by `now` (epoch milliseconds), for at most `limit` emails, the oldest
 * first. Returns the emails.
 */
export async function lockExpiredUndoTokens(transaction: Transaction, now: number, limit: number): Promise<string[]> {
  // All tokens of one email expire at once, so that each pair is an email.
  const select = `select distinct subject, expires_at from one_time_tokens where purpose = 'undo-email' and expires_at <= ?
    order by expires_at limit ? for update`;
  const { rows } = await transaction.execute<Pick<OneTimeTokenRow, "subject">>(select, [now, limit]);
  return rows.map(({ subject }) => subject);
}
