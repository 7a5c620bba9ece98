import type { Database, Transaction } from "../../store/database.ts";
import { insertKeyOrSetPassword } from "../../store/keys.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { raiseSessionEpochIfVerified } from "../../store/users.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { passwordHash } from "../credentials/password/hash.ts";
import { type EventOrigin, recordEvent } from "../events/account-events.ts";
import { consumeToken, Superseded } from "../tokens/one-time-tokens.ts";
import {
  type CreatedAccount,
  createVerifiedAccount,
  insertVerified,
  removeUnverified,
} from "./create-verified-account.ts";

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
  users: UserCache,
  row: OneTimeTokenRow,
  password: string,
  newUserId: string,
  origin: EventOrigin,
  now: number,
): Promise<Recovery> {
  const hashedPassword = await passwordHash.generate(password);
  const consume = (transaction: Transaction) =>
    consumeToken(transaction, row, now, ["change-email", "reset-password", "verify-email"]);
  const { user_id: userId, email } = row;
  const recordCreation = (transaction: Transaction) => recordEvent(transaction, newUserId, "signed-up", origin, now);
  try {
    if (userId === null) {
      const account = { userId: newUserId, email, hashedPassword, consume, record: recordCreation };
      return { outcome: "recovered", ...(await createVerifiedAccount(database, users, account, now)) };
    }
    let isReplaced = false;
    await users.mutate(userId, async (transaction) => {
      await consume(transaction);
      isReplaced = !(await raiseSessionEpochIfVerified(transaction, userId, email, now));
      if (isReplaced) {
        await removeUnverified(transaction, userId, email, new Superseded());
        await insertVerified(transaction, newUserId, email, hashedPassword, now);
        return recordCreation(transaction);
      }
      await insertKeyOrSetPassword(transaction, emailKeyId(email), userId, hashedPassword);
      await recordEvent(transaction, userId, "password-reset", origin, now);
    });
    return {
      outcome: "recovered",
      userId: isReplaced ? newUserId : userId,
      replacedUserId: isReplaced ? userId : null,
    };
  } catch (error) {
    if (error instanceof Superseded) return { outcome: "gone" };
    throw error;
  }
}
