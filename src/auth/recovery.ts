import type { Database, Transaction } from "../store/database.ts";
import type { OneTimeTokenRow } from "../store/schema.ts";
import { type EventOrigin, recordEvent } from "./account-events.ts";
import { emailKeyId } from "./accounts.ts";
import { consumeToken, expectOneRow, Superseded } from "./one-time-tokens.ts";
import { passwordHash } from "./password-hash.ts";
import type { UserRows } from "./user-rows.ts";
import { type CreatedAccount, createVerifiedAccount } from "./verified-account.ts";

export type Recovery = (CreatedAccount & { readonly outcome: "recovered" }) | { readonly outcome: "gone" };

/**
 * Gives the account of a mailed link a new password. Whoever reads the mail to its email owns it, so every session ends,
 * and whatever else was mailed is void. It replaces a password and nothing more: a second factor, once there is one, is
 * asked for at the sign-in that follows. An account that was never verified need not have been made by whoever reads the
 * mail: it is deleted, and a new one with a new id has its email. A link that was mailed where there was no account
 * creates one. Every pending sign-up with the email is removed, and its password with it. `newUserId`: of the account that
 * is created, if one is.
 */
export async function resetPassword(
  database: Database,
  users: UserRows,
  row: OneTimeTokenRow,
  password: string,
  newUserId: string,
  origin: EventOrigin,
  now: number,
): Promise<Recovery> {
  const hashedPassword = await passwordHash.generate(password);
  const consume = (transaction: Transaction) =>
    consumeToken(transaction, row, now, ["change-email", "reset-password", "verify-email"]);
  try {
    const replaced = await replacePassword(users, row, hashedPassword, consume, origin, now);
    if (replaced !== null) return { outcome: "recovered", userId: replaced, replacedUserId: null };
    const record = (transaction: Transaction) => recordEvent(transaction, newUserId, "signed-up", origin, now);
    const { email, user_id: replaces } = row;
    const account = { userId: newUserId, email, hashedPassword, replaces, consume, record };
    return { outcome: "recovered", ...(await createVerifiedAccount(database, users, account, now)) };
  } catch (error) {
    if (error instanceof Superseded) return { outcome: "gone" };
    throw error;
  }
}

/** The id of the account, if the link is for one whose email is verified; null if it is not, and nothing is changed. */
async function replacePassword(
  users: UserRows,
  { user_id: userId, email }: OneTimeTokenRow,
  hashedPassword: string,
  consume: (transaction: Transaction) => Promise<void>,
  origin: EventOrigin,
  now: number,
): Promise<string | null> {
  if (userId === null) return null;
  try {
    await users.change(userId, async (transaction) => {
      await consume(transaction);
      const raise = `update users set session_epoch = session_epoch + 1, updated_at = ?
        where id = ? and email = ? and email_verified_at is not null`;
      await expectOneRow(transaction.execute(raise, [now, userId, email]));
      const setPassword = `insert into \`keys\` (id, user_id, hashed_password) values (?, ?, ?)
        on duplicate key update hashed_password = values(hashed_password)`;
      await transaction.execute(setPassword, [emailKeyId(email), userId, hashedPassword]);
      await recordEvent(transaction, userId, "password-reset", origin, now);
    });
    return userId;
  } catch (error) {
    if (error instanceof Superseded) return null;
    throw error;
  }
}
