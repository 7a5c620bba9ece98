import type { Executor, Transaction } from "./database.ts";
import type { KeyRow, UserRow } from "./schema.ts";

/** A key with the row of its user, read at the same instant. */
export type KeyAndUser = UserRow & { readonly key_id: string; readonly hashed_password: string | null };

const SELECT_KEY_AND_USER = `
select users.*, \`keys\`.id as key_id, \`keys\`.hashed_password
from \`keys\` inner join users on users.id = \`keys\`.user_id where \`keys\`.id = ?`;

export async function findKeyAndUser(database: Executor, keyId: string): Promise<KeyAndUser | null> {
  return (await database.execute<KeyAndUser>(SELECT_KEY_AND_USER, [keyId])).rows[0] ?? null;
}

export async function listKeys(database: Executor, userId: string): Promise<KeyRow[]> {
  return (await database.execute<KeyRow>("select * from `keys` where user_id = ?", [userId])).rows;
}

const INSERT = "insert into `keys` (id, user_id, hashed_password) values (?, ?, ?)";

/** Rejects (`isDuplicate`) if there is a key with that id. A key without a password cannot be used to sign in. */
export async function insertKey(
  transaction: Transaction,
  keyId: string,
  userId: string,
  hashedPassword: string | null,
): Promise<void> {
  await transaction.execute(INSERT, [keyId, userId, hashedPassword]);
}

/** Inserts a key, or sets the password of the key with that id, whatever account it belongs to. */
export async function insertKeyOrSetPassword(
  transaction: Transaction,
  keyId: string,
  userId: string,
  hashedPassword: string,
): Promise<void> {
  const upsert = `${INSERT} on duplicate key update hashed_password = values(hashed_password)`;
  await transaction.execute(upsert, [keyId, userId, hashedPassword]);
}

/** Returns false and changes nothing if the user has no such key. */
export async function setPassword(
  transaction: Transaction,
  keyId: string,
  userId: string,
  hashedPassword: string,
): Promise<boolean> {
  const update = "update `keys` set hashed_password = ? where id = ? and user_id = ?";
  return (await transaction.execute(update, [hashedPassword, keyId, userId])).rowsAffected === 1;
}

const COUNT_WAYS_IN = `select count(*) as ways from \`keys\` where user_id = ?
  and (hashed_password is not null or id like 'passkey:%')`;

/** The number of passwords and passkeys that sign in to an account. */
export async function countWaysIn(transaction: Transaction, userId: string): Promise<number> {
  const { rows } = await transaction.execute<{ ways: string | number }>(COUNT_WAYS_IN, [userId]);
  return Number(rows[0]?.ways);
}

/** Removes the password of a key, so that the key cannot be used to sign in. */
export async function clearPassword(transaction: Transaction, keyId: string): Promise<void> {
  await transaction.execute("update `keys` set hashed_password = null where id = ?", [keyId]);
}

/** Replaces a hash by another one of the same password. Does nothing if the key has another hash. */
export async function replaceHash(
  database: Executor,
  keyId: string,
  formerHash: string,
  hashedPassword: string,
): Promise<void> {
  const update = "update `keys` set hashed_password = ? where id = ? and hashed_password = ?";
  await database.execute(update, [hashedPassword, keyId, formerHash]);
}

/** Rejects (`isDuplicate`) if there is a key with the new id. */
export async function renameKey(
  transaction: Transaction,
  keyId: string,
  newKeyId: string,
  userId: string,
): Promise<void> {
  await transaction.execute("update `keys` set id = ? where id = ? and user_id = ?", [newKeyId, keyId, userId]);
}

export async function deleteKeys(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from `keys` where user_id = ?", [userId]);
}
