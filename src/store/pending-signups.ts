import type { Executor, Transaction } from "./database.ts";
import type { PendingSignupRow } from "./schema.ts";

/** Adds a sign-up that waits for the token with the same hash. */
export async function insertPendingSignup(
  database: Executor,
  { token_hash, email, hashed_password, expires_at }: PendingSignupRow,
): Promise<void> {
  const insert = "insert into pending_signups (token_hash, email, hashed_password, expires_at) values (?, ?, ?, ?)";
  await database.execute(insert, [token_hash, email, hashed_password, expires_at]);
}

/** Deletes every sign-up with one of these emails. */
export async function deletePendingSignups(transaction: Transaction, emails: readonly string[]): Promise<void> {
  await transaction.execute("delete from pending_signups where email in (?)", [emails]);
}

/** Deletes at most `limit` expired sign-ups and returns their number. `now` is epoch milliseconds. */
export async function deleteExpiredPendingSignups(database: Executor, now: number, limit: number): Promise<number> {
  const remove = "delete from pending_signups where expires_at <= ? limit ?";
  return (await database.execute(remove, [now, limit])).rowsAffected;
}
