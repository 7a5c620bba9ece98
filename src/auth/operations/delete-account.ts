import { deleteEvents } from "../../store/account-events.ts";
import type { Transaction } from "../../store/database.ts";
import { deleteTokens, deleteTokensOfUser } from "../../store/delete-tokens.ts";
import { deleteKeys } from "../../store/keys.ts";
import type { UserRow } from "../../store/schema.ts";
import { lockUndoTokens } from "../../store/undo-tokens.ts";
import { deleteUser, lockUser } from "../../store/users.ts";
import type { Account } from "../accounts/account.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { Superseded } from "../tokens/one-time-tokens.ts";
import { onePerUndo } from "./change-email.ts";

export type Deletion =
  | {
      readonly outcome: "deleted";
      /** Addresses that the account had until lately, and that could have taken it back. */
      readonly formerEmails: readonly string[];
    }
  /** The password or the address was changed since the session was looked at, so nothing was deleted. */
  | { readonly outcome: "superseded" };

/**
 * Deletes an account and all that MySQL holds about it, in one transaction. Sessions are dead with its commit, for the
 * user whom they name is gone; Redis forgets them afterwards: docs/account-deletion.md says what happens if it does not.
 * Deleting what is deleted already is no error.
 */
export async function deleteAccount(users: UserCache, { id: userId, email, sessionEpoch }: Account): Promise<Deletion> {
  let formerEmails: readonly string[] = [];
  try {
    await users.mutate(userId, async (transaction) => {
      formerEmails = await removeAccount(transaction, userId, email, (user) => {
        if (user && user.session_epoch !== sessionEpoch) throw new Superseded();
      });
    });
  } catch (error) {
    if (error instanceof Superseded) return { outcome: "superseded" };
    throw error;
  }
  return { outcome: "deleted", formerEmails };
}

/**
 * Removes an account and all that MySQL holds about it. It must run inside `UserCache.change`, which marks the snapshot.
 * `check` throws if the account is not what it should be: it gets the locked row, or null where it is gone. Returns
 * the emails that the account gave up lately, and that could have taken it back.
 */
export async function removeAccount(
  transaction: Transaction,
  userId: string,
  email: string,
  check: (user: UserRow | null) => void,
): Promise<readonly string[]> {
  const undo = await lockUndoTokens(transaction, userId);
  await deleteTokensOfUser(transaction, userId);
  await deleteTokens(transaction, ["reset-password"], [email]);
  check(await lockUser(transaction, userId));
  // Before its trail: whoever is about to add to it waits for this row, and then finds none.
  await deleteUser(transaction, userId);
  await deleteKeys(transaction, userId);
  await deleteEvents(transaction, userId);
  return onePerUndo(undo).map(({ subject }) => subject);
}
