import type { Database } from "../../../store/database.ts";
import { replaceHash } from "../../../store/keys.ts";
import { passwordHash } from "./hash.ts";

/**
 * Replaces the hash of a password that was just checked by one with the current factors. Does nothing if the password
 * has changed since.
 */
export async function rewriteHash(database: Database, keyId: string, hash: string, password: string): Promise<void> {
  await replaceHash(database, keyId, hash, await passwordHash.generate(password));
}
