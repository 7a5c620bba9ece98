import type { Executor, Transaction } from "./database.ts";
import type { TrustedDeviceRow } from "./schema.ts";

/** The devices of an account that are not asked for the second step, newest first. `now` is epoch milliseconds. */
export async function listTrustedDevices(
  database: Executor,
  userId: string,
  sessionEpoch: number,
  now: number,
): Promise<TrustedDeviceRow[]> {
  const select = `select * from trusted_devices where user_id = ? and session_epoch = ? and expires_at > ?
    order by created_at desc, id`;
  return (await database.execute<TrustedDeviceRow>(select, [userId, sessionEpoch, now])).rows;
}

/** The device with that id if it is remembered for the account; null otherwise. `now` is epoch milliseconds. */
export async function findTrustedDevice(
  database: Executor,
  id: string,
  userId: string,
  sessionEpoch: number,
  now: number,
): Promise<TrustedDeviceRow | null> {
  const select = "select * from trusted_devices where id = ? and user_id = ? and session_epoch = ? and expires_at > ?";
  return (await database.execute<TrustedDeviceRow>(select, [id, userId, sessionEpoch, now])).rows[0] ?? null;
}

export async function insertTrustedDevice(
  database: Executor,
  { id, user_id, session_epoch, browser, platform, country, created_at, expires_at }: TrustedDeviceRow,
): Promise<void> {
  const insert = `insert into trusted_devices
    (id, user_id, session_epoch, browser, platform, country, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)`;
  await database.execute(insert, [id, user_id, session_epoch, browser, platform, country, created_at, expires_at]);
}

/** Forgets a device. Returns false if the account has no such device. */
export async function deleteTrustedDevice(database: Executor, userId: string, id: string): Promise<boolean> {
  const remove = "delete from trusted_devices where id = ? and user_id = ?";
  return (await database.execute(remove, [id, userId])).rowsAffected === 1;
}

/** Forgets all devices of an account. */
export async function deleteTrustedDevices(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from trusted_devices where user_id = ?", [userId]);
}

/** Deletes at most `limit` expired devices and returns their number. `now` is epoch milliseconds. */
export async function deleteExpiredTrustedDevices(database: Executor, now: number, limit: number): Promise<number> {
  return (await database.execute("delete from trusted_devices where expires_at <= ? limit ?", [now, limit]))
    .rowsAffected;
}
