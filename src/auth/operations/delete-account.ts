import { deleteEvents } from "../../store/account-events.ts";
import { deleteAuthenticator } from "../../store/authenticators.ts";
import type { Transaction } from "../../store/database.ts";
import { deleteTokens, deleteTokensOfUser, lockTokensOfUser } from "../../store/delete-tokens.ts";
import { deleteKeys } from "../../store/keys.ts";
import { deleteNoticesOfUser } from "../../store/outbox.ts";
import { deletePasskeysOfUser } from "../../store/passkeys.ts";
import { deleteRecoveryCodes } from "../../store/recovery-codes.ts";
import { deleteReservedEmailsOfUser, lockReservedEmails } from "../../store/reserved-emails.ts";
import type { ReservedEmailRow, UserRow } from "../../store/schema.ts";
import { deleteTrustedDevices } from "../../store/trusted-devices.ts";
import { deleteUser, lockUser } from "../../store/users.ts";
import type { Account } from "../accounts/account.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { type QueuedNotice, queueNotice } from "../events/queue-notice.ts";
import type { Cause, EmittedEvent } from "../events/record-events.ts";
import { StaleState } from "../tokens/one-time-tokens.ts";
import { withFormerReservations } from "./reserved-emails.ts";

export type Deletion =
  | { readonly outcome: "deleted"; readonly event: EmittedEvent }
  /** The password or the email has changed since the session was read, so nothing was deleted. */
  | { readonly outcome: "stale" };

/**
 * Deletes an account and everything that MySQL holds about it, in one transaction. Its sessions are dead with the
 * commit, because their user is gone; Redis erases them afterwards, and docs/account-deletion.md describes what happens
 * if it does not. Deleting a deleted account is no error. An attacker changes the email before deleting, so recently
 * reserved emails are notified, too.
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
        notices.push(await queueNotice(transaction, userId, null, notice, cause));
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
 * Removes an account and everything that MySQL holds about it. Must run inside `UserCache.mutate`, which marks the
 * snapshot. `check` gets the locked row, or null if it is gone, and throws to refuse. Returns the emails reserved for
 * the account, expired or not.
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
  // Before the audit log: a transaction that adds to it waits for this row, and then finds none.
  await deleteUser(transaction, userId);
  await deletePasskeysOfUser(transaction, userId);
  await deleteKeys(transaction, userId);
  await deleteAuthenticator(transaction, userId);
  await deleteRecoveryCodes(transaction, userId);
  await deleteTrustedDevices(transaction, userId);
  await deleteEvents(transaction, userId);
  if (reserved.length > 0) await deleteReservedEmailsOfUser(transaction, userId);
  await deleteNoticesOfUser(transaction, userId);
  return reserved;
}
