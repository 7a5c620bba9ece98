import type { Transaction } from "../../store/database.ts";
import { setPassword } from "../../store/keys.ts";
import { raiseSessionEpoch, raiseSessionEpochWithEmail } from "../../store/users.ts";
import { type Account, accountOf } from "../accounts/account.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { passwordHash } from "../credentials/password/hash.ts";
import { type Cause, type EmittedEvent, emitEvent } from "../events/record-events.ts";
import { revokeTokensForUser, StaleState } from "../tokens/one-time-tokens.ts";

export type AccountChange =
  /** `account`: as it is from now on. */
  | { readonly outcome: "changed"; readonly account: Account; readonly event: EmittedEvent }
  /**
   * The password or the email was changed, or the account deleted, since the session was looked at, so that nothing is
   * changed in its name; of two changes at once one is made.
   */
  | { readonly outcome: "stale" };

/**
 * Gives an account another password; every session ends, and what was mailed to move the account is void. `account`: as the
 * session that asks knows it.
 */
export async function changePassword(
  users: UserCache,
  { id: userId, email, emailVerified, language, sessionEpoch }: Account,
  password: string,
  cause: Cause,
): Promise<AccountChange> {
  const { now } = cause;
  const hashedPassword = await passwordHash.generate(password);
  const notice = { kind: "password-changed", recipient: email, language, isVerified: emailVerified } as const;
  return changeAs(users, userId, async (transaction) => {
    // Tokens before the user's row, as everywhere: whoever holds one lock never waits for who holds the other. A link to
    // a new password stays: or else a thief who has the password keeps its owner from ever finishing a reset.
    await revokeTokensForUser(transaction, ["change-email"], userId);
    if (!(await raiseSessionEpochWithEmail(transaction, userId, email, sessionEpoch, now))) throw new StaleState();
    if (!(await setPassword(transaction, emailKeyId(email), userId, hashedPassword))) throw new StaleState();
    return emitEvent(transaction, { userId, type: "password-changed", notices: [notice] }, cause);
  });
}

/** Ends every session there is, and a change of email that one of them has asked for. As above. */
export async function endSessionsByEpoch(
  users: UserCache,
  { id: userId, sessionEpoch }: Account,
  cause: Cause,
): Promise<AccountChange> {
  const { now } = cause;
  return changeAs(users, userId, async (transaction) => {
    await revokeTokensForUser(transaction, ["change-email"], userId);
    if (!(await raiseSessionEpoch(transaction, userId, sessionEpoch, now))) throw new StaleState();
    return emitEvent(transaction, { userId, type: "other-sessions-ended" }, cause);
  });
}

async function changeAs(
  users: UserCache,
  userId: string,
  write: (transaction: Transaction) => Promise<EmittedEvent>,
): Promise<AccountChange> {
  let event: EmittedEvent | undefined;
  try {
    const row = await users.mutate(userId, async (transaction) => {
      event = await write(transaction);
    });
    return row && event ? { outcome: "changed", account: accountOf(row), event } : { outcome: "stale" };
  } catch (error) {
    if (error instanceof StaleState) return { outcome: "stale" };
    throw error;
  }
}
