import { open, type SecretKeys, seal } from "../auth/secret-keys.ts";
import { totpBinding } from "../request/second-factors.ts";
import { listSecretsSealedWith, replaceSealedSecret } from "../store/authenticators.ts";
import type { Database } from "../store/database.ts";

const PAGE_ROWS = 200;

/** Rows per run. Each costs one call, and a run removes expired rows besides. */
const RUN_ROWS_MAX = 1_000;

/**
 * Seals the secrets of authenticator apps with the first key that were sealed with an older one, so that the older key
 * can be removed from `SECRET_KEYS`. Returns how many. Later runs do the rest. Throws StoreUnavailable.
 */
export async function resealSecrets(database: Database, keys: SecretKeys): Promise<number> {
  let resealed = 0;
  let read = 0;
  for (const { id } of keys.slice(1)) {
    let after = "";
    let isFull = true;
    while (isFull && read < RUN_ROWS_MAX) {
      const rows = await listSecretsSealedWith(database, id, after, PAGE_ROWS);
      isFull = rows.length === PAGE_ROWS;
      read += rows.length;
      for (const { user_id: userId, secret } of rows) {
        after = secret;
        const opened = await open(keys, "totp", totpBinding(userId), secret);
        if (opened === null) continue;
        await replaceSealedSecret(
          database,
          userId,
          secret,
          await seal(keys, "totp", totpBinding(userId), opened.bytes),
        );
        resealed += 1;
      }
    }
  }
  return resealed;
}
