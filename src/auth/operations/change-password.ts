import type { Transaction } from "../../store/database.ts";
import { setPassword } from "../../store/keys.ts";
import { notePasswordChange, raiseSessionEpoch } from "../../store/users.ts";
import { type Account, accountOf } from "../accounts/account.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { passwordHash } from "../credentials/password/hash.ts";
import { type Cause, type EmittedEvent, emitEvent } from "../events/record-events.ts";
import { revokeTokensForUser, StaleState } from "../tokens/one-time-tokens.ts";

export type AccountChange =
  /** `account`: after the change. */
  | { readonly outcome: "changed"; readonly account: Account; readonly event: EmittedEvent }
  /**
   * The password, the email or the account itself has changed since the session was read, so nothing is changed in its
   * name. Of two changes at once, one succeeds.
   */
  | { readonly outcome: "stale" };

/**
 * Changes the password, ends all sessions, and revokes a pending change of the email. `account`: as the requesting
 * session knows it.
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
    // Tokens are locked before the user's row, as in every transaction, so that two transactions never wait for each
    // other. A link to a new password stays valid; otherwise an attacker with the password could keep the owner from
    // finishing a reset.
    await revokeTokensForUser(transaction, ["change-email"], userId);
    if (!(await notePasswordChange(transaction, userId, email, sessionEpoch, now))) throw new StaleState();
    if (!(await setPassword(transaction, emailKeyId(email), userId, hashedPassword))) throw new StaleState();
    return emitEvent(transaction, { userId, type: "password-changed", notices: [notice] }, cause);
  });
}

/** Ends all sessions, and revokes a pending change of the email. */
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
