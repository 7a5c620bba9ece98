import type { Executor, Transaction } from "./database.ts";
import { insertKey } from "./keys.ts";
import type { PasskeyRow, UserRow } from "./schema.ts";

const SELECT = "select * from passkeys where user_id = ? order by created_at, id";

/** All passkeys of an account, the oldest first. */
export async function listPasskeys(database: Executor, userId: string): Promise<PasskeyRow[]> {
  return (await database.execute<PasskeyRow>(SELECT, [userId])).rows.map(withBooleans);
}

/** A passkey with the row of its user, read at the same instant. */
export interface PasskeyAndUser {
  readonly passkey: PasskeyRow;
  readonly user: UserRow;
}

type JoinedRow = UserRow & { readonly [Column in keyof PasskeyRow as `passkey_${Column}`]: PasskeyRow[Column] };

const COLUMNS = `users.*, passkeys.id as passkey_id, passkeys.user_id as passkey_user_id,
  passkeys.credential_id as passkey_credential_id, passkeys.public_key as passkey_public_key,
  passkeys.algorithm as passkey_algorithm, passkeys.sign_count as passkey_sign_count,
  passkeys.transports as passkey_transports, passkeys.aaguid as passkey_aaguid,
  passkeys.backup_eligible as passkey_backup_eligible, passkeys.backed_up as passkey_backed_up,
  passkeys.name as passkey_name, passkeys.created_at as passkey_created_at,
  passkeys.last_used_at as passkey_last_used_at, passkeys.browser as passkey_browser,
  passkeys.platform as passkey_platform`;

const SELECT_WITH_USER = `select ${COLUMNS} from passkeys
  inner join \`keys\` on \`keys\`.id = passkeys.id and \`keys\`.user_id = passkeys.user_id
  inner join users on users.id = passkeys.user_id where passkeys.id = ?`;

/** The passkey with that id, and its user; null if there is none. */
export async function findPasskeyAndUser(database: Executor, id: string): Promise<PasskeyAndUser | null> {
  const [row] = (await database.execute<JoinedRow>(SELECT_WITH_USER, [id])).rows;
  if (row === undefined) return null;
  const user: Record<string, unknown> = {};
  const passkey: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    if (name.startsWith(PASSKEY_PREFIX)) passkey[name.slice(PASSKEY_PREFIX.length)] = value;
    else user[name] = value;
  }
  return { passkey: withBooleans(passkey as PasskeyRow), user: user as UserRow };
}

const PASSKEY_PREFIX = "passkey_";

const INSERT = `insert into passkeys (id, user_id, credential_id, public_key, algorithm, sign_count, transports, aaguid,
  backup_eligible, backed_up, name, created_at, last_used_at, browser, platform)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Adds a passkey and its key. Rejects (`isDuplicate`) if the credential belongs to an account already. */
export async function insertPasskey(transaction: Transaction, row: PasskeyRow): Promise<void> {
  const { id, user_id, credential_id, public_key, algorithm, sign_count, transports, aaguid } = row;
  const { backup_eligible, backed_up, name, created_at, last_used_at, browser, platform } = row;
  await insertKey(transaction, id, user_id, null);
  const values = [id, user_id, credential_id, public_key, algorithm, sign_count, transports, aaguid];
  const state = [backup_eligible, backed_up, name, created_at, last_used_at, browser, platform];
  await transaction.execute(INSERT, [...values, ...state]);
}

/** Returns false and changes nothing if the account has no such passkey. */
export async function renamePasskey(database: Executor, userId: string, id: string, name: string): Promise<boolean> {
  const found = await database.execute("select id from passkeys where id = ? and user_id = ?", [id, userId]);
  await database.execute("update passkeys set name = ? where id = ? and user_id = ?", [name, id, userId]);
  return found.rows.length === 1;
}

/** Stores the state that a passkey reported when it was used. `now` is epoch milliseconds. */
export async function notePasskeyUse(
  database: Executor,
  id: string,
  signCount: number,
  backedUp: boolean,
  now: number,
): Promise<void> {
  const update = "update passkeys set sign_count = ?, backed_up = ?, last_used_at = ? where id = ?";
  await database.execute(update, [signCount, backedUp, now, id]);
}

/** Removes a passkey and its key. Returns false and removes nothing if the account has no such passkey. */
export async function deletePasskey(transaction: Transaction, userId: string, id: string): Promise<boolean> {
  const removed = await transaction.execute("delete from passkeys where id = ? and user_id = ?", [id, userId]);
  if (removed.rowsAffected === 0) return false;
  await transaction.execute("delete from `keys` where id = ? and user_id = ?", [id, userId]);
  return true;
}

/** Removes all passkeys of an account. The caller removes their keys. */
export async function deletePasskeysOfUser(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from passkeys where user_id = ?", [userId]);
}

/** Removes the passkeys of an account, with their keys, that were added at or after `since` (epoch milliseconds). */
export async function deletePasskeysSince(transaction: Transaction, userId: string, since: number): Promise<void> {
  const added = "select id from passkeys where user_id = ? and created_at >= ?";
  const ids = (await transaction.execute<Pick<PasskeyRow, "id">>(added, [userId, since])).rows.map(({ id }) => id);
  if (ids.length === 0) return;
  await transaction.execute("delete from passkeys where user_id = ? and id in (?)", [userId, ids]);
  await transaction.execute("delete from `keys` where user_id = ? and id in (?)", [userId, ids]);
}

/** MySQL has no booleans and returns numbers. */
function withBooleans(row: PasskeyRow): PasskeyRow {
  return { ...row, backup_eligible: Boolean(row.backup_eligible), backed_up: Boolean(row.backed_up) };
}
