import type { Database } from "./database.ts";
import type { UserRow } from "./schema.ts";

/** Where a list goes on: after this row, of those in the order of time and id. */
export interface Position {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}

const CHANGED_USERS = `select * from users where version > 0 and (updated_at > ? or (updated_at = ? and id > ?))
  order by updated_at, id limit ?`;

/** User rows that changed after a position and after they were made, the oldest change first. Reads the index on `updated_at`. */
export async function listChangedUsers(database: Database, { at, id }: Position, limit: number): Promise<UserRow[]> {
  return (await database.execute<UserRow>(CHANGED_USERS, [at, at, id, limit])).rows;
}

/** A session that its owner ended by itself. */
export interface EndedSession {
  readonly id: string;
  readonly user_id: string;
  readonly occurred_at: number;
  readonly ended_session: string;
}

const ENDED_SESSIONS = `select id, user_id, occurred_at, ended_session from account_events
  where ended_session is not null and (occurred_at > ? or (occurred_at = ? and id > ?))
  order by occurred_at, id limit ?`;

/** Sessions that were ended one by one after a position, the oldest first. Reads the index on `occurred_at`. */
export async function listEndedSessions(
  database: Database,
  { at, id }: Position,
  limit: number,
): Promise<EndedSession[]> {
  return (await database.execute<EndedSession>(ENDED_SESSIONS, [at, at, id, limit])).rows;
}
