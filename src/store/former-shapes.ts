import type { Executor, Transaction } from "./database.ts";
import type { OneTimeTokenRow } from "./schema.ts";

// Until 0.2.0 an email was reserved by a key without a password, for as long as there was a token to undo the change; a
// pending sign-up was a token with a password; and an IP address had another column. What an earlier release has written
// is read in its shape and moved here. Goes with the release after.

const UNMOVED = `select distinct subject from one_time_tokens where purpose = 'undo-email'
  and not exists (select email from reserved_emails where reserved_emails.email = one_time_tokens.subject)`;

/** At most `limit` emails that only a token to undo a change tells of. */
export async function listUnmovedReservations(database: Executor, limit: number): Promise<string[]> {
  const { rows } = await database.execute<Pick<OneTimeTokenRow, "subject">>(`${UNMOVED} limit ?`, [limit]);
  return rows.map(({ subject }) => subject);
}

/** Whether only a token to undo a change tells of the email. */
export async function isUnmovedReservation(database: Executor, email: string): Promise<boolean> {
  return (await database.execute(`${UNMOVED} and subject = ?`, [email])).rows.length > 0;
}

/** Tokens of an account that undo a change of its email, and have not expired. `now` is epoch milliseconds. */
export async function listUndoTokens(database: Executor, userId: string, now: number): Promise<OneTimeTokenRow[]> {
  const select = "select * from one_time_tokens where user_id = ? and purpose = 'undo-email' and expires_at > ?";
  return (await database.execute<OneTimeTokenRow>(select, [userId, now])).rows;
}

/** Deletes those of the keys that have no password, whoever's they are. */
export async function deleteKeysWithoutPassword(transaction: Transaction, keyIds: readonly string[]): Promise<void> {
  await transaction.execute("delete from `keys` where hashed_password is null and id in (?)", [keyIds]);
}

/** Moves the IP addresses of at most `limit` events to their new column. Returns how many. */
export async function moveIps(database: Executor, limit: number): Promise<number> {
  const move = "update account_events set ip = address, address = null where address is not null limit ?";
  return (await database.execute(move, [limit])).rowsAffected;
}
