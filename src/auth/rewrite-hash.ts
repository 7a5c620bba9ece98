import { and, eq } from "drizzle-orm";
import type { Database } from "../store/database.ts";
import { keys } from "../store/schema.ts";
import { passwordHash } from "./password-hash.ts";

/**
 * Replaces the hash of a password that was just found right by one with today's factors. It names the old hash, so that
 * a password changed in the meantime is not undone.
 */
export async function rewriteHash(database: Database, keyId: string, hash: string, password: string): Promise<void> {
  const hashed_password = await passwordHash.generate(password);
  await database.orm
    .update(keys)
    .set({ hashed_password })
    .where(and(eq(keys.id, keyId), eq(keys.hashed_password, hash)));
}
