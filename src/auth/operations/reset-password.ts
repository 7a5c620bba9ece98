import type { Database, Transaction } from "../../store/database.ts";
import { insertKeyOrSetPassword } from "../../store/keys.ts";
import { deletePasskeysSince, listPasskeys } from "../../store/passkeys.ts";
import type { OneTimeTokenRow } from "../../store/schema.ts";
import { findUser, notePasswordReset } from "../../store/users.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import type { PasswordKey } from "../accounts/password-key.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { passwordHash } from "../credentials/password/hash.ts";
import { type Cause, type EmittedEvent, emitEvent } from "../events/record-events.ts";
import { consumeToken, StaleState } from "../tokens/one-time-tokens.ts";
import {
  type CreatedAccount,
  createVerifiedAccount,
  generateUserId,
  insertVerified,
  removeUnverified,
} from "./create-verified-account.ts";

export type Recovery = (CreatedAccount & { readonly outcome: "recovered" }) | { readonly outcome: "gone" };

/**
 * Whether `password` already opens the account of a mailed link. `key` is the key of its email, or null. False for an
 * account that was never verified, because its password may be someone else's. It does not help to guess a password:
 * every wrong guess becomes the new password and consumes the link.
 */
export async function isPasswordOf(
  key: PasswordKey | null,
  { user_id: userId }: OneTimeTokenRow,
  password: string,
): Promise<boolean> {
  if (key === null || key.hashedPassword === null) return false;
  const { account, hashedPassword } = key;
  return account.emailVerified && account.id === userId && passwordHash.validate(password, hashedPassword);
}

/**
 * Gives the account of a mailed link a new password. Reading the mailbox proves ownership, so all sessions end and
 * everything else that was mailed is revoked. It replaces the password only: with the second step, every factor stays
 * and is asked for at the next sign-in, and the new epoch forgets remembered devices. Without the second step, access to the
 * mailbox is sufficient to remove the passkeys, too, with `removesPasskeys`. An account that was never verified may have been created by someone else. It is
 * deleted, and a new account with a new id gets the email. A link that was mailed without an account creates one. Every
 * pending sign-up with the email is removed with its password. The notice uses the language of the request, because the
 * requester reads the mailbox.
 */
export async function resetPassword(
  database: Database,
  users: UserCache,
  row: OneTimeTokenRow,
  password: string,
  { removesPasskeys }: { readonly removesPasskeys: boolean },
  cause: Cause,
): Promise<Recovery> {
  const { now } = cause;
  const hashedPassword = await passwordHash.generate(password);
  const newUserId = generateUserId();
  const consume = (transaction: Transaction) =>
    consumeToken(transaction, row, now, ["change-email", "reset-password", "verify-email"]);
  const { user_id: userId, email } = row;
  const notice = { kind: "password-reset", recipient: email, isVerified: true } as const;
  try {
    if (userId === null) {
      const account = { userId: newUserId, email, hashedPassword, consume };
      return { outcome: "recovered", ...(await createVerifiedAccount(database, users, account, cause)) };
    }
    let isReplaced = false;
    let event: EmittedEvent | undefined;
    await users.mutate(userId, async (transaction) => {
      await consume(transaction);
      isReplaced = !(await notePasswordReset(transaction, userId, email, now));
      if (isReplaced) {
        await removeUnverified(transaction, userId, email, new StaleState());
        await insertVerified(transaction, { userId: newUserId, email, hashedPassword }, cause);
        event = await emitEvent(transaction, { userId: newUserId, type: "signed-up", notices: [notice] }, cause);
        return;
      }
      await insertKeyOrSetPassword(transaction, emailKeyId(email), userId, hashedPassword);
      const user = removesPasskeys ? await findUser(transaction, userId) : null;
      if (user !== null && user.two_step_at === null) await deletePasskeysSince(transaction, userId, 0);
      const remaining = (await listPasskeys(transaction, userId)).length;
      const notices = [{ ...notice, remaining }];
      event = await emitEvent(transaction, { userId, type: "password-reset", notices }, cause);
    });
    if (event === undefined) return { outcome: "gone" };
    return {
      outcome: "recovered",
      userId: isReplaced ? newUserId : userId,
      replacedUserId: isReplaced ? userId : null,
      event,
    };
  } catch (error) {
    if (error instanceof StaleState) return { outcome: "gone" };
    throw error;
  }
}
