import { deleteEvents } from "../../store/account-events.ts";
import type { Transaction } from "../../store/database.ts";
import { deleteTokens, deleteTokensOfUser, lockTokensOfUser } from "../../store/delete-tokens.ts";
import { deleteKeys } from "../../store/keys.ts";
import { deleteNoticesOfUser } from "../../store/outbox.ts";
import { deleteReservedEmailsOfUser, lockReservedEmails } from "../../store/reserved-emails.ts";
import type { ReservedEmailRow, UserRow } from "../../store/schema.ts";
import { deleteUser, lockUser } from "../../store/users.ts";
import type { Account } from "../accounts/account.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { type QueuedNotice, queueNotice } from "../events/queue-notice.ts";
import type { Cause, EmittedEvent } from "../events/record-events.ts";
import { StaleState } from "../tokens/one-time-tokens.ts";
import { withFormerReservations } from "./reserved-emails.ts";

export type Deletion =
  | { readonly outcome: "deleted"; readonly event: EmittedEvent }
  /** The password or the email was changed since the session was looked at, so nothing was deleted. */
  | { readonly outcome: "stale" };

/**
 * Deletes an account and all that MySQL holds about it, in one transaction. Sessions are dead with its commit, for the
 * user whom they name is gone; Redis forgets them afterwards: docs/account-deletion.md says what happens if it does not.
 * Deleting what is deleted already is no error. Whoever stole an account moves it before they delete it, so that the emails
 * that it gave up lately hear of it, too.
 */
export async function deleteAccount(
  users: UserCache,
  { id: userId, email, emailVerified, language, sessionEpoch }: Account,
  cause: Cause,
): Promise<Deletion> {
  const notices: QueuedNotice[] = [];
  try {
    await users.mutate(userId, async (transaction) => {
      notices.length = 0;
      let isThere = false;
      const reserved = await removeAccount(transaction, userId, email, (user) => {
        if (user && user.session_epoch !== sessionEpoch) throw new StaleState();
        isThere = user !== null;
      });
      if (!isThere) return;
      const tell = async (recipient: string, isVerified: boolean) => {
        const notice = {
          kind: "account-deleted",
          recipient,
          language: language ?? cause.language,
          isVerified,
        } as const;
        notices.push(await queueNotice(transaction, userId, null, notice, cause.now));
      };
      await tell(email, emailVerified);
      for (const row of reserved) if (row.expires_at > cause.now) await tell(row.email, true);
    });
  } catch (error) {
    if (error instanceof StaleState) return { outcome: "stale" };
    throw error;
  }
  return { outcome: "deleted", event: { userId, type: "account-deleted", notices } };
}

/**
 * Removes an account and all that MySQL holds about it. It must run inside `UserCache.mutate`, which marks the snapshot.
 * `check` throws if the account is not what it should be: it gets the locked row, or null where it is gone. Returns
 * the emails that were reserved for the account, expired or not.
 */
export async function removeAccount(
  transaction: Transaction,
  userId: string,
  email: string,
  check: (user: UserRow | null) => void,
): Promise<readonly ReservedEmailRow[]> {
  const tokens = await lockTokensOfUser(transaction, userId);
  const reserved = withFormerReservations(await lockReservedEmails(transaction, userId), tokens);
  await deleteTokensOfUser(transaction, userId);
  await deleteTokens(transaction, ["reset-password"], [email]);
  check(await lockUser(transaction, userId));
  // Before its trail: whoever is about to add to it waits for this row, and then finds none.
  await deleteUser(transaction, userId);
  await deleteKeys(transaction, userId);
  await deleteEvents(transaction, userId);
  if (reserved.length > 0) await deleteReservedEmailsOfUser(transaction, userId);
  await deleteNoticesOfUser(transaction, userId);
  return reserved;
}
