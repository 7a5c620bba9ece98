import type { Database } from "./database.ts";
import { insertUser } from "./users.ts";

/**
 * Names every column that the code reads or writes, and reads no row. test/unit/health-statements.test.ts compares it
 * with the schema.
 */
export const NAME_EVERY_COLUMN = `
select u.id, u.email, u.email_verified_at, u.language, u.password_changed_at, u.two_step_at, u.session_epoch,
u.version, u.created_at, u.updated_at,
k.id, k.user_id, k.hashed_password,
t.purpose, t.subject, t.token_hash, t.email, t.user_id, t.hashed_password, t.browser_hash, t.code_hash, t.attempts,
t.code_expires_at, t.expires_at, t.created_at, t.requester,
e.id, e.user_id, e.type, e.occurred_at, e.occurrences, e.ip, e.address, e.country, e.browser, e.platform,
e.ended_session,
r.email, r.user_id, r.created_at, r.expires_at, p.token_hash, p.email, p.hashed_password, p.expires_at,
o.id, o.kind, o.event_id, o.user_id, o.recipient, o.language, o.parameters, o.attempts, o.next_at, o.created_at,
pk.id, pk.user_id, pk.credential_id, pk.public_key, pk.algorithm, pk.sign_count, pk.transports, pk.aaguid,
pk.backup_eligible, pk.backed_up, pk.name, pk.created_at, pk.last_used_at, pk.browser, pk.platform,
au.user_id, au.secret, au.last_step, au.created_at, au.last_used_at, rc.user_id, rc.code_hash, rc.created_at,
td.id, td.user_id, td.session_epoch, td.browser, td.platform, td.country, td.created_at, td.expires_at
from users u, \`keys\` k, one_time_tokens t, account_events e, reserved_emails r, pending_signups p, outbox o, passkeys pk, authenticators au, recovery_codes rc, trusted_devices td limit 0`;

/** Reads, and writes in a transaction that is rolled back. Rejects if a statement does. */
export async function tryDatabase(database: Database): Promise<void> {
  const undo = new Error("Rolls the transaction back");
  const now = Date.now();
  try {
    await database.transaction(async (transaction) => {
      await transaction.execute(NAME_EVERY_COLUMN);
      // A random id, so that concurrent checks do not wait for each other's locks.
      const id = crypto.randomUUID().replaceAll("-", "");
      const rest = {
        email_verified_at: null,
        language: null,
        password_changed_at: null,
        two_step_at: null,
        created_at: now,
        updated_at: now,
      };
      await insertUser(transaction, { id, email: `${id}@health.invalid`, session_epoch: 0, version: 0, ...rest });
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
}
