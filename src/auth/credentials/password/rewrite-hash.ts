import type { Database } from "../../../store/database.ts";
import { replaceHash } from "../../../store/keys.ts";
import { passwordHash } from "./hash.ts";

/**
 * Replaces the hash of a password that was just found right by one with today's factors. A password that was changed in the
 * meantime stays.
 */
export async function rewriteHash(database: Database, keyId: string, hash: string, password: string): Promise<void> {
  await replaceHash(database, keyId, hash, await passwordHash.generate(password));
}
