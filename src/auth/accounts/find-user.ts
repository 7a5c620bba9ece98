import type { Database } from "../../store/database.ts";
import type { UserRow } from "../../store/schema.ts";

/** The row of the account with that address, from MySQL itself; null if there is none. */
export async function findUserByEmail(database: Database, email: string): Promise<UserRow | null> {
  const { rows } = await database.execute<UserRow>("select * from users where email = ?", [email]);
  return rows[0] ?? null;
}
