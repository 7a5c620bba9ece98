import type { Executor, Transaction } from "./database.ts";
import type { OneTimeTokenRow } from "./schema.ts";

// Before 0.2.0 a reserved email was a key without a password as long as a token to undo the change existed, a pending
// sign-up was a token with a password, and an ip was in another column. This code reads those rows and moves them. It
// will be removed in 0.3.0.

const UNMOVED = `select distinct subject from one_time_tokens where purpose = 'undo-email'
  and not exists (select email from reserved_emails where reserved_emails.email = one_time_tokens.subject)`;

/** At most `limit` emails that are reserved only by a token to undo a change. */
export async function listUnmovedReservations(database: Executor, limit: number): Promise<string[]> {
  const { rows } = await database.execute<Pick<OneTimeTokenRow, "subject">>(`${UNMOVED} limit ?`, [limit]);
  return rows.map(({ subject }) => subject);
}

/** Whether the email is reserved only by a token to undo a change. */
export async function isUnmovedReservation(database: Executor, email: string): Promise<boolean> {
  return (await database.execute(`${UNMOVED} and subject = ?`, [email])).rows.length > 0;
}

/** The tokens of an account that undo a change of its email and have not expired. `now` is epoch milliseconds. */
export async function listUndoTokens(database: Executor, userId: string, now: number): Promise<OneTimeTokenRow[]> {
  const select = "select * from one_time_tokens where user_id = ? and purpose = 'undo-email' and expires_at > ?";
  return (await database.execute<OneTimeTokenRow>(select, [userId, now])).rows;
}

/** Deletes those of the keys that have no password, whatever account they belong to. */
export async function deleteKeysWithoutPassword(transaction: Transaction, keyIds: readonly string[]): Promise<void> {
  await transaction.execute("delete from `keys` where hashed_password is null and id in (?)", [keyIds]);
}

/** Moves the ips of at most `limit` events to their new column and returns their number. */
export async function moveIps(database: Executor, limit: number): Promise<number> {
  const move = "update account_events set ip = address, address = null where address is not null limit ?";
  return (await database.execute(move, [limit])).rowsAffected;
}
