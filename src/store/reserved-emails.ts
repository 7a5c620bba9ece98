import type { Executor, Transaction } from "./database.ts";
import type { ReservedEmailRow } from "./schema.ts";

/** Lists the emails that are reserved for an account and not expired. `now` is epoch milliseconds. */
export async function listReservedEmails(database: Executor, userId: string, now: number): Promise<ReservedEmailRow[]> {
  const select = "select * from reserved_emails where user_id = ? and expires_at > ?";
  return (await database.execute<ReservedEmailRow>(select, [userId, now])).rows;
}

/** Locks and returns the emails that were reserved for an account, expired or not. */
export async function lockReservedEmails(transaction: Transaction, userId: string): Promise<ReservedEmailRow[]> {
  const select = "select * from reserved_emails where user_id = ? for update";
  return (await transaction.execute<ReservedEmailRow>(select, [userId])).rows;
}

const INSERT = `insert into reserved_emails (email, user_id, created_at, expires_at) values (?, ?, ?, ?)
  on duplicate key update user_id = values(user_id), created_at = values(created_at), expires_at = values(expires_at)`;

/**
 * Reserves an email. An expired row is replaced. Must come before the email is given up in the same transaction, so
 * that a transaction that waits for the email sees the row.
 */
export async function insertReservedEmail(
  database: Executor,
  { email, user_id, created_at, expires_at }: ReservedEmailRow,
): Promise<void> {
  await database.execute(INSERT, [email, user_id, created_at, expires_at]);
}

/** Releases these emails, whatever account they are reserved for. */
export async function deleteReservedEmails(transaction: Transaction, emails: readonly string[]): Promise<void> {
  await transaction.execute("delete from reserved_emails where email in (?)", [emails]);
}

/** Releases these emails if they are reserved for the account. */
export async function deleteReservedEmailsOf(
  transaction: Transaction,
  userId: string,
  emails: readonly string[],
): Promise<void> {
  await transaction.execute("delete from reserved_emails where user_id = ? and email in (?)", [userId, emails]);
}

export async function deleteReservedEmailsOfUser(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from reserved_emails where user_id = ?", [userId]);
}

/** At most `limit` emails whose reservation expired by `now` (epoch milliseconds). */
export async function listExpiredReservedEmails(database: Executor, now: number, limit: number): Promise<string[]> {
  const select = "select email from reserved_emails where expires_at <= ? limit ?";
  const { rows } = await database.execute<Pick<ReservedEmailRow, "email">>(select, [now, limit]);
  return rows.map(({ email }) => email);
}

/** Deletes those of these reservations that expired by `now` (epoch milliseconds) and returns their number. */
export async function deleteExpiredReservedEmails(
  transaction: Transaction,
  emails: readonly string[],
  now: number,
): Promise<number> {
  const remove = "delete from reserved_emails where email in (?) and expires_at <= ?";
  return (await transaction.execute(remove, [emails, now])).rowsAffected;
}
