import { findLanguage } from "../../i18n/language.ts";
import { type Database, isDuplicate, type Transaction } from "../../store/database.ts";
import { deleteTokensOfUserButUndo, lockTokensOfUser } from "../../store/delete-tokens.ts";
import { clearPassword, renameKey } from "../../store/keys.ts";
import { insertReservedEmail, lockReservedEmails } from "../../store/reserved-emails.ts";
import type { OneTimeTokenRow, UserRow } from "../../store/schema.ts";
import { EmailReserved, lockUser, setVerifiedEmail } from "../../store/users.ts";
import { type Account, accountOf } from "../accounts/account.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { type Cause, type EmittedEvent, emitEvent } from "../events/record-events.ts";
import {
  consumeToken,
  generateTokenSecrets,
  issueToken,
  revokeTokensForUser,
  StaleState,
} from "../tokens/one-time-tokens.ts";
import { removeFactorsSince } from "./change-factors.ts";
import {
  blockedUntil,
  finalFrom,
  releaseEmails,
  reservationEnd,
  revokeLater,
  withFormerReservations,
} from "./reserved-emails.ts";

export type EmailChange =
  | {
      readonly outcome: "changed";
      /** After the change. */
      readonly account: Account;
      readonly formerEmail: string;
      readonly event: EmittedEvent;
    }
  /** Another account has the email, or gave it up less than a week ago. */
  | { readonly outcome: "taken" }
  /** The account has as many reserved emails as it may. `until`: when the first expires, as epoch milliseconds. */
  | { readonly outcome: "too-many"; readonly until: number }
  | { readonly outcome: "gone" };

/** Rolls back a change that exceeds the bound. */
class TooManyChanges extends Error {
  readonly until: number;

  constructor(until: number) {
    super();
    this.until = until;
  }
}

/**
 * Gives an account the email that a mailed link was sent to, and ends all sessions. A verified former email is reserved
 * for a week: others cannot sign up with it or change to it, and its owner can undo the change. A former email that was
 * never verified may be a stranger's, who must not be handed the account. `sessionEpoch`: the epoch when the owner was
 * authenticated.
 */
export async function changeEmail(
  users: UserCache,
  row: OneTimeTokenRow,
  sessionEpoch: number,
  cause: Cause,
): Promise<EmailChange> {
  const { now } = cause;
  const { user_id: userId, email } = row;
  if (userId === null) return { outcome: "gone" };
  let former: UserRow | undefined;
  let changed: UserRow | null;
  let event: EmittedEvent | undefined;
  try {
    changed = await users.mutate(userId, async (transaction) => {
      // Locks the link, everything that it revokes, and the reserved emails, so that their number cannot change.
      const tokens = await lockTokensOfUser(transaction, userId);
      if (!tokens.some(({ token_hash, expires_at }) => token_hash === row.token_hash && expires_at > now)) {
        throw new StaleState();
      }
      const reserved = withFormerReservations(await lockReservedEmails(transaction, userId), tokens);
      const until = blockedUntil(reserved, now);
      if (until !== null) throw new TooManyChanges(until);
      await deleteTokensOfUserButUndo(transaction, userId);
      former = await lockExistingUser(transaction, userId);
      if (former.session_epoch !== sessionEpoch) throw new StaleState();
      if (reserved.some((one) => one.email === email)) await releaseEmails(transaction, userId, [email]);
      const isVerified = former.email_verified_at !== null;
      if (isVerified) await reserveEmail(transaction, former, now);
      await moveAccount(transaction, former, email, now);
      const kind = isVerified ? "email-changed" : "email-left";
      const notice = { kind, recipient: former.email, language: findLanguage(former.language), isVerified } as const;
      event = await emitEvent(transaction, { userId, type: "email-changed", notices: [notice] }, cause);
    });
  } catch (error) {
    if (isDuplicate(error) || error instanceof EmailReserved) return { outcome: "taken" };
    if (error instanceof TooManyChanges) return { outcome: "too-many", until: error.until };
    if (error instanceof StaleState) return { outcome: "gone" };
    throw error;
  }
  if (former === undefined || changed === null || event === undefined) return { outcome: "gone" };
  return { outcome: "changed", account: accountOf(changed), formerEmail: former.email, event };
}

/** Revokes the links that would change the email. Returns null if there is none, or if the account is gone. */
export async function cancelEmailChange(
  database: Database,
  userId: string,
  cause: Cause,
): Promise<EmittedEvent | null> {
  return database.transaction(async (transaction) => {
    if (!(await revokeTokensForUser(transaction, ["change-email"], userId))) return null;
    return emitEvent(transaction, { userId, type: "email-change-canceled" }, cause);
  });
}

/**
 * Makes the change that gave up `email` final: releases that email, and revokes the links that undo the change. Notifies both
 * mailboxes. Null if the change can no longer be undone, was made less than a day ago, or if all sessions of the account
 * have ended since it was read.
 */
export async function makeEmailChangeFinal(
  database: Database,
  { id: userId, sessionEpoch }: Pick<Account, "id" | "sessionEpoch">,
  email: string,
  cause: Cause,
): Promise<EmittedEvent | null> {
  const { now } = cause;
  return database.transaction(async (transaction) => {
    await lockTokensOfUser(transaction, userId);
    const reserved = await lockReservedEmails(transaction, userId);
    const row = reserved.find((one) => one.email === email);
    const user = await lockUser(transaction, userId);
    if (row === undefined || row.expires_at <= now || finalFrom(row) > now) return null;
    if (user === null || user.session_epoch !== sessionEpoch) return null;
    await releaseEmails(transaction, userId, [email]);
    const isVerified = user.email_verified_at !== null;
    const told = [
      { kind: "email-change-final", recipient: user.email, isVerified },
      { kind: "email-released", recipient: email, isVerified: true },
    ] as const;
    return emitEvent(transaction, { userId, type: "email-change-final", notices: told }, cause);
  });
}

export type EmailChangeUndone =
  | {
      readonly outcome: "undone";
      /** The email that the account gives up by it. */
      readonly formerEmail: string;
      /** The token of a link to choose a new password. */
      readonly resetToken: string;
      readonly events: readonly EmittedEvent[];
    }
  | { readonly outcome: "gone" };

/**
 * Returns an account to the email that a mailed link was sent to. An attacker who changed it knew the password, so the
 * password is cleared, all sessions end, and everything that was mailed since the change is revoked. Factors that were
 * added since the change are removed. Older ones stay, and a second step that was on stays on as long as a second factor
 * is left. The owner chooses a new password with the returned token, or later by "forgot password".
 */
export async function undoEmailChange(
  users: UserCache,
  row: OneTimeTokenRow,
  cause: Cause,
): Promise<EmailChangeUndone> {
  const { now } = cause;
  const { user_id: userId, email } = row;
  if (userId === null) return { outcome: "gone" };
  const reset = generateTokenSecrets();
  let former: UserRow | undefined;
  let events: readonly EmittedEvent[] = [];
  try {
    await users.mutate(userId, async (transaction) => {
      await consumeToken(transaction, row, now);
      const later = await revokeLater(transaction, userId, row.created_at);
      former = await lockExistingUser(transaction, userId);
      await releaseEmails(transaction, userId, [email, ...later]);
      await moveAccount(transaction, former, email, now);
      await clearPassword(transaction, emailKeyId(email));
      const factorEvents = await removeFactorsSince(transaction, former, email, row.created_at, cause);
      await issueToken(transaction, { purpose: "reset-password", email, userId, requester: null }, reset, now);
      const told = [
        { kind: "email-change-undone", recipient: email, isVerified: true },
        { kind: "email-given-up", recipient: former.email, isVerified: true },
      ] as const;
      events = [
        ...factorEvents,
        await emitEvent(transaction, { userId, type: "email-change-undone", notices: told }, cause),
      ];
    });
  } catch (error) {
    if (error instanceof StaleState || isDuplicate(error)) return { outcome: "gone" };
    throw error;
  }
  if (former === undefined) return { outcome: "gone" };
  return { outcome: "undone", formerEmail: former.email, resetToken: reset.token, events };
}

async function lockExistingUser(transaction: Transaction, userId: string): Promise<UserRow> {
  const user = await lockUser(transaction, userId);
  if (user === null) throw new StaleState();
  return user;
}

/** Moves the row and its key to `email`, which is verified. */
async function moveAccount(transaction: Transaction, { id, email: from }: UserRow, email: string, now: number) {
  await setVerifiedEmail(transaction, id, email, now);
  await renameKey(transaction, emailKeyId(from), emailKeyId(email), id);
}

async function reserveEmail(transaction: Transaction, { id, email }: UserRow, now: number) {
  const row = { email, user_id: id, created_at: now, expires_at: reservationEnd(now) };
  await insertReservedEmail(transaction, row);
}
