import type { Executor, Transaction } from "./database.ts";
import type { OneTimeTokenRow } from "./schema.ts";

/** Locks tokens, in the order of their primary key, and returns them. */
export async function lockTokens(
  transaction: Transaction,
  purposes: readonly string[],
  subjects: readonly string[],
): Promise<OneTimeTokenRow[]> {
  const select = "select * from one_time_tokens where purpose in (?) and subject in (?) for update";
  return (await transaction.execute<OneTimeTokenRow>(select, [purposes, subjects])).rows;
}

export async function deleteTokens(
  transaction: Transaction,
  purposes: readonly string[],
  subjects: readonly string[],
): Promise<void> {
  const remove = "delete from one_time_tokens where purpose in (?) and subject in (?)";
  await transaction.execute(remove, [purposes, subjects]);
}

export async function deleteToken(database: Executor, purpose: string, tokenHash: string): Promise<void> {
  await database.execute("delete from one_time_tokens where token_hash = ? and purpose = ?", [tokenHash, purpose]);
}

/** Locks and returns all tokens of an account. None can be added until the transaction ends. */
export async function lockTokensOfUser(transaction: Transaction, userId: string): Promise<OneTimeTokenRow[]> {
  const select = "select * from one_time_tokens where user_id = ? for update";
  return (await transaction.execute<OneTimeTokenRow>(select, [userId])).rows;
}

export async function deleteTokensOfUser(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from one_time_tokens where user_id = ?", [userId]);
}

/** Returns the number of deleted tokens. */
export async function deleteTokensOfUserFor(
  transaction: Transaction,
  userId: string,
  purposes: readonly string[],
): Promise<number> {
  const remove = "delete from one_time_tokens where user_id = ? and purpose in (?)";
  return (await transaction.execute(remove, [userId, purposes])).rowsAffected;
}

/** Deletes the tokens that return one of these emails to an account. */
export async function deleteUndoTokensOfUser(
  transaction: Transaction,
  userId: string,
  emails: readonly string[],
): Promise<void> {
  const remove = "delete from one_time_tokens where purpose = 'undo-email' and user_id = ? and subject in (?)";
  await transaction.execute(remove, [userId, emails]);
}

/** Deletes the tokens of an account except those that undo a change of its email. */
export async function deleteTokensOfUserButUndo(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from one_time_tokens where user_id = ? and purpose <> 'undo-email'", [userId]);
}

/** The tokens of an account except those that undo this change or an earlier one. */
const BUT_EARLIER_UNDO = "from one_time_tokens where user_id = ? and (purpose <> 'undo-email' or created_at > ?)";

/**
 * Locks and returns the tokens of an account except those that undo a change of its email made at `changedAt` (epoch
 * milliseconds) or earlier.
 */
export async function lockTokensOfUserButEarlierUndo(
  transaction: Transaction,
  userId: string,
  changedAt: number,
): Promise<OneTimeTokenRow[]> {
  const select = `select * ${BUT_EARLIER_UNDO} for update`;
  return (await transaction.execute<OneTimeTokenRow>(select, [userId, changedAt])).rows;
}

/** Deletes the tokens that `lockTokensOfUserButEarlierUndo` locks. */
export async function deleteTokensOfUserButEarlierUndo(
  transaction: Transaction,
  userId: string,
  changedAt: number,
): Promise<void> {
  await transaction.execute(`delete ${BUT_EARLIER_UNDO}`, [userId, changedAt]);
}

/** Deletes the tokens that undo a change from these emails and expired by `now` (epoch milliseconds). */
export async function deleteExpiredUndoTokens(
  transaction: Transaction,
  emails: readonly string[],
  now: number,
): Promise<void> {
  const remove = "delete from one_time_tokens where purpose = 'undo-email' and subject in (?) and expires_at <= ?";
  await transaction.execute(remove, [emails, now]);
}

/**
 * Deletes at most `limit` expired tokens and returns their number. Tokens that undo a change of the email are deleted
 * with its reservation. `now` is epoch milliseconds.
 */
export async function deleteExpiredTokens(database: Executor, now: number, limit: number): Promise<number> {
  const remove = "delete from one_time_tokens where expires_at <= ? and purpose <> 'undo-email' limit ?";
  return (await database.execute(remove, [now, limit])).rowsAffected;
}
