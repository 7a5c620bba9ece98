import type { Executor, Transaction } from "./database.ts";
import type { AuthenticatorRow } from "./schema.ts";

/** The authenticator app of an account; null if there is none. */
export async function findAuthenticator(database: Executor, userId: string): Promise<AuthenticatorRow | null> {
  const select = "select * from authenticators where user_id = ?";
  return (await database.execute<AuthenticatorRow>(select, [userId])).rows[0] ?? null;
}

/** Rejects (`isDuplicate`) if the account has an authenticator app already. */
export async function insertAuthenticator(
  transaction: Transaction,
  { user_id, secret, last_step, created_at, last_used_at }: AuthenticatorRow,
): Promise<void> {
  const insert = `insert into authenticators (user_id, secret, last_step, created_at, last_used_at)
    values (?, ?, ?, ?, ?)`;
  await transaction.execute(insert, [user_id, secret, last_step, created_at, last_used_at]);
}

/**
 * Marks a time step as used. Returns false and changes nothing if a code of this or a later step was used before, so of
 * two requests with one code only the first succeeds. `secret`: as it was read, so that a code never passes for the
 * secret of another authenticator app. `now` is epoch milliseconds.
 */
export async function useStep(
  database: Executor,
  { user_id, secret }: Pick<AuthenticatorRow, "user_id" | "secret">,
  step: number,
  now: number,
): Promise<boolean> {
  const use = `update authenticators set last_step = ?, last_used_at = ?
    where user_id = ? and secret = ? and last_step < ?`;
  return (await database.execute(use, [step, now, user_id, secret, step])).rowsAffected === 1;
}

/** Replaces a sealed secret by the same secret sealed with a newer key. Does nothing if it has changed. */
export async function replaceSealedSecret(
  database: Executor,
  userId: string,
  former: string,
  secret: string,
): Promise<void> {
  const update = "update authenticators set secret = ? where user_id = ? and secret = ?";
  await database.execute(update, [secret, userId, former]);
}

/** At most `limit` secrets after `after` in their order that were sealed with the key `keyId`. */
export async function listSecretsSealedWith(
  database: Executor,
  keyId: string,
  after: string,
  limit: number,
): Promise<Pick<AuthenticatorRow, "user_id" | "secret">[]> {
  const select = `select user_id, secret from authenticators
    where secret like ? and secret > ? order by secret limit ?`;
  return (await database.execute<AuthenticatorRow>(select, [`${keyId}.%`, after, limit])).rows;
}

/**
 * Removes the authenticator app of an account if it was added at or after `since` (epoch milliseconds). Returns whether
 * there was one.
 */
export async function deleteAuthenticator(transaction: Transaction, userId: string, since = 0): Promise<boolean> {
  const remove = "delete from authenticators where user_id = ? and created_at >= ?";
  return (await transaction.execute(remove, [userId, since])).rowsAffected === 1;
}
