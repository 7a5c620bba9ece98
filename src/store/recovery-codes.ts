import type { Executor, Transaction } from "./database.ts";

/** The number of unused recovery codes. */
export async function countRecoveryCodes(database: Executor, userId: string): Promise<number> {
  const count = "select count(*) as codes from recovery_codes where user_id = ?";
  const { rows } = await database.execute<{ codes: string | number }>(count, [userId]);
  return Number(rows[0]?.codes);
}

/** When the recovery codes of an account were created, as epoch milliseconds; one entry for each unused code. */
export async function listRecoveryCodes(database: Executor, userId: string): Promise<number[]> {
  const select = "select created_at from recovery_codes where user_id = ?";
  const { rows } = await database.execute<{ created_at: number }>(select, [userId]);
  return rows.map(({ created_at }) => created_at);
}

/** An account gets all its recovery codes at once. */
export const RECOVERY_CODES = 10;

const TEN_ROWS = Array(RECOVERY_CODES).fill("(?, ?, ?)").join(", ");
const INSERT = `insert into recovery_codes (user_id, code_hash, created_at) values ${TEN_ROWS}`;

/** Adds ten recovery codes by their hashes, in one statement. `now` is epoch milliseconds. */
export async function insertRecoveryCodes(
  transaction: Transaction,
  userId: string,
  hashes: readonly string[],
  now: number,
): Promise<void> {
  const values = hashes.flatMap((hash) => [userId, hash, now]);
  await transaction.execute(INSERT, values);
}

/** Deletes a recovery code. Returns false if there is none with that hash: of two requests only one uses it. */
export async function useRecoveryCode(database: Executor, userId: string, hash: string): Promise<boolean> {
  const use = "delete from recovery_codes where user_id = ? and code_hash = ?";
  return (await database.execute(use, [userId, hash])).rowsAffected === 1;
}

/** Deletes the recovery codes of an account that were created at or after `since` (epoch milliseconds). */
export async function deleteRecoveryCodes(transaction: Transaction, userId: string, since = 0): Promise<void> {
  await transaction.execute("delete from recovery_codes where user_id = ? and created_at >= ?", [userId, since]);
}
