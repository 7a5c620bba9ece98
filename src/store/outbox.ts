import type { Executor, Transaction } from "./database.ts";
import type { OutboxRow } from "./schema.ts";

const INSERT = `insert into outbox (id, kind, event_id, user_id, recipient, language, parameters, attempts, next_at, created_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export async function insertNotice(transaction: Transaction, row: OutboxRow): Promise<void> {
  const { id, kind, event_id, user_id, recipient, language, parameters, attempts, next_at, created_at } = row;
  const values = [id, kind, event_id, user_id, recipient, language, parameters, attempts, next_at, created_at];
  await transaction.execute(INSERT, values);
}

/** At most `limit` notices that are due at `now` (epoch milliseconds), the longest due first. */
export async function listDueNotices(database: Executor, now: number, limit: number): Promise<OutboxRow[]> {
  const select = "select * from outbox where next_at <= ? order by next_at limit ?";
  return (await database.execute<OutboxRow>(select, [now, limit])).rows;
}

export async function listNoticesOfUser(database: Executor, userId: string): Promise<OutboxRow[]> {
  return (await database.execute<OutboxRow>("select * from outbox where user_id = ?", [userId])).rows;
}

/**
 * Counts an attempt at a notice and postpones the next one to `nextAt` (epoch milliseconds). Returns false and changes
 * nothing if the row is gone or another run has counted an attempt since it was read.
 */
export async function claimNotice(database: Executor, { id, attempts }: OutboxRow, nextAt: number): Promise<boolean> {
  const claim = "update outbox set attempts = attempts + 1, next_at = ? where id = ? and attempts = ?";
  return (await database.execute(claim, [nextAt, id, attempts])).rowsAffected === 1;
}

export async function deleteNotice(database: Executor, id: string): Promise<void> {
  await database.execute("delete from outbox where id = ?", [id]);
}

export async function deleteNoticesOfUser(transaction: Transaction, userId: string): Promise<void> {
  await transaction.execute("delete from outbox where user_id = ?", [userId]);
}
