import type { Executor, Transaction } from "./database.ts";
import type { Position } from "./position.ts";
import type { UserRow } from "./schema.ts";

/** The row of an account; null if there is none. */
export async function findUser(database: Executor, userId: string): Promise<UserRow | null> {
  return (await database.execute<UserRow>("select * from users where id = ?", [userId])).rows[0] ?? null;
}

/** The row of the account with that email; null if there is none. */
export async function findUserByEmail(database: Executor, email: string): Promise<UserRow | null> {
  return (await database.execute<UserRow>("select * from users where email = ?", [email])).rows[0] ?? null;
}

/** Locks and returns the row of an account; null if there is none. */
export async function lockUser(transaction: Transaction, userId: string): Promise<UserRow | null> {
  const select = "select * from users where id = ? for update";
  return (await transaction.execute<UserRow>(select, [userId])).rows[0] ?? null;
}

/** The email is reserved for the account that gave it up. */
export class EmailReserved extends Error {}

/**
 * Holds unless the email is reserved for another account. A row of `reserved_emails` is inserted before its email is
 * given up in the same transaction, and a statement that changes rows waits until the rows that it reads are committed
 * (InnoDB, REPEATABLE READ). So an email that a change frees is not taken before its reservation is seen.
 */
const IS_UNRESERVED = `not exists (
  select email from reserved_emails where reserved_emails.email = ? and user_id <> ? and expires_at > ?)`;

const INSERT = `insert into users
  (id, email, email_verified_at, language, password_changed_at, two_step_at, session_epoch, version, created_at,
  updated_at) select ?, ?, ?, ?, ?, ?, ?, ?, ?, ? from dual where ${IS_UNRESERVED}`;

/** Rejects (`isDuplicate`) if the unique index on `email` refuses the row. Throws EmailReserved. */
export async function insertUser(
  transaction: Transaction,
  { id, email, email_verified_at, language, password_changed_at, two_step_at, ...row }: UserRow,
): Promise<void> {
  const { session_epoch, version, created_at, updated_at } = row;
  const values = [id, email, email_verified_at, language, password_changed_at, two_step_at, session_epoch, version];
  const inserted = await transaction.execute(INSERT, [...values, created_at, updated_at, email, id, created_at]);
  if (inserted.rowsAffected === 0) throw new EmailReserved();
}

const RAISE_SESSION_EPOCH = `update users set session_epoch = session_epoch + 1, version = version + 1, updated_at = ?
  where id = ?`;

/**
 * Ends all sessions if the epoch is `sessionEpoch`; otherwise returns false and changes nothing. `now` is epoch
 * milliseconds.
 */
export async function raiseSessionEpoch(
  transaction: Transaction,
  userId: string,
  sessionEpoch: number,
  now: number,
): Promise<boolean> {
  const raise = `${RAISE_SESSION_EPOCH} and session_epoch = ?`;
  return (await transaction.execute(raise, [now, userId, sessionEpoch])).rowsAffected === 1;
}

const CHANGE_PASSWORD = `update users set password_changed_at = ?, session_epoch = session_epoch + 1,
  version = version + 1, updated_at = ?
  where id = ? and email = ?`;

/**
 * Ends all sessions because the password changes, if the email is `email` and the epoch is `sessionEpoch`; otherwise
 * returns false and changes nothing. The caller sets the password of the key. `now` is epoch milliseconds.
 */
export async function notePasswordChange(
  transaction: Transaction,
  userId: string,
  email: string,
  sessionEpoch: number,
  now: number,
): Promise<boolean> {
  const change = `${CHANGE_PASSWORD} and session_epoch = ?`;
  return (await transaction.execute(change, [now, now, userId, email, sessionEpoch])).rowsAffected === 1;
}

/** The same, if the email is `email` and verified; otherwise returns false and changes nothing. */
export async function notePasswordReset(
  transaction: Transaction,
  userId: string,
  email: string,
  now: number,
): Promise<boolean> {
  const change = `${CHANGE_PASSWORD} and email_verified_at is not null`;
  return (await transaction.execute(change, [now, now, userId, email])).rowsAffected === 1;
}

const CHANGE_EMAIL = `update users set email = ?, email_verified_at = ?, session_epoch = session_epoch + 1,
  version = version + 1, updated_at = ?
  where id = ? and ${IS_UNRESERVED}`;

/**
 * Gives an account a verified email and ends all sessions. Rejects (`isDuplicate`) if another account has the email.
 * Throws EmailReserved.
 */
export async function setVerifiedEmail(
  transaction: Transaction,
  userId: string,
  email: string,
  now: number,
): Promise<void> {
  const changed = await transaction.execute(CHANGE_EMAIL, [email, now, now, userId, email, userId, now]);
  if (changed.rowsAffected === 0) throw new EmailReserved();
}

/** Marks the email of an account as verified; false, and nothing is changed, if it is not `email`. */
export async function markEmailVerified(
  transaction: Transaction,
  userId: string,
  email: string,
  now: number,
): Promise<boolean> {
  const verify =
    "update users set email_verified_at = ?, version = version + 1, updated_at = ? where id = ? and email = ?";
  return (await transaction.execute(verify, [now, now, userId, email])).rowsAffected === 1;
}

/** Turns the second step of the sign-in on. `now` is epoch milliseconds. */
export async function turnTwoStepOn(transaction: Transaction, userId: string, now: number): Promise<void> {
  const update = "update users set two_step_at = ?, version = version + 1, updated_at = ? where id = ?";
  await transaction.execute(update, [now, now, userId]);
}

/** Turns the second step of the sign-in off. `now` is epoch milliseconds. */
export async function turnTwoStepOff(transaction: Transaction, userId: string, now: number): Promise<void> {
  const update = "update users set two_step_at = null, version = version + 1, updated_at = ? where id = ?";
  await transaction.execute(update, [now, userId]);
}

/** Sets the language that notices are written in. `now` is epoch milliseconds. */
export async function setLanguage(
  transaction: Transaction,
  userId: string,
  language: string,
  now: number,
): Promise<void> {
  const update = "update users set language = ?, version = version + 1, updated_at = ? where id = ?";
  await transaction.execute(update, [language, now, userId]);
}

/** For a change of the row by a statement that does not raise its version. */
export async function raiseVersion(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("update users set version = version + 1 where id = ?", [userId]);
}

export async function deleteUser(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from users where id = ?", [userId]);
}

const CHANGED = `select * from users where version > 0 and (updated_at > ? or (updated_at = ? and id > ?))
  order by updated_at, id limit ?`;

/** User rows that changed after a position and after they were made, the oldest change first. Reads the index on `updated_at`. */
export async function listChangedUsers(database: Executor, { at, id }: Position, limit: number): Promise<UserRow[]> {
  return (await database.execute<UserRow>(CHANGED, [at, at, id, limit])).rows;
}
