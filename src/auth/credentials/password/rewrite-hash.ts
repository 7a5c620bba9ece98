import type { Database } from "../../../store/database.ts";
import { passwordHash } from "./hash.ts";

const REPLACE_HASH = "update `keys` set hashed_password = ? where id = ? and hashed_password = ?";

/**
 * Replaces the hash of a password that was just found right by one with today's factors. It names the old hash, so that
 * a password changed in the meantime is not undone.
 */
export async function rewriteHash(database: Database, keyId: string, hash: string, password: string): Promise<void> {
  await database.execute(REPLACE_HASH, [await passwordHash.generate(password), keyId, hash]);
}
