import type { OneTimeTokenRow } from "../store/schema.ts";
import { type EventOrigin, recordEvent } from "./account-events.ts";
import { emailKeyId } from "./accounts.ts";
import { consumeToken, expectOneRow, Superseded, voidTokens } from "./one-time-tokens.ts";
import { passwordHash } from "./password-hash.ts";
import type { UserRows } from "./user-rows.ts";

export type Recovery = { readonly outcome: "recovered"; readonly userId: string } | { readonly outcome: "gone" };

/**
 * Gives the account of a mailed link a new password. Whoever reads the account's mail owns it, so the address is
 * verified by that; every session ends, and whatever else was mailed is void. It replaces a password and nothing more:
 * a second factor, once there is one, is asked for at the sign-in that follows.
 */
export async function resetPassword(
  users: UserRows,
  row: OneTimeTokenRow,
  password: string,
  origin: EventOrigin,
  now: number,
): Promise<Recovery> {
  const { user_id, email } = row;
  if (user_id === null) return { outcome: "gone" };
  const hashedPassword = await passwordHash.generate(password);
  try {
    await users.change(user_id, async (transaction) => {
      await consumeToken(transaction, row, now);
      await voidTokens(transaction, ["verify-email", "reset-password", "change-email"], email, user_id);
      const raise = `update users set session_epoch = session_epoch + 1, updated_at = ?,
        email_verified_at = coalesce(email_verified_at, ?) where id = ? and email = ?`;
      await expectOneRow(transaction.execute(raise, [now, now, user_id, email]));
      const setPassword = `insert into \`keys\` (id, user_id, hashed_password) values (?, ?, ?)
        on duplicate key update hashed_password = values(hashed_password)`;
      await transaction.execute(setPassword, [emailKeyId(email), user_id, hashedPassword]);
      await recordEvent(transaction, user_id, "password-reset", origin, now);
    });
  } catch (error) {
    if (error instanceof Superseded) return { outcome: "gone" };
    throw error;
  }
  return { outcome: "recovered", userId: user_id };
}
