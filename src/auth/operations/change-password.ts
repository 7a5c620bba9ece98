import { setPassword } from "../../store/keys.ts";
import { raiseSessionEpoch, raiseSessionEpochWithEmail } from "../../store/users.ts";
import { emailKeyId } from "../accounts/account-rows.ts";
import type { UserCache } from "../accounts/user-cache.ts";
import { passwordHash } from "../credentials/password/hash.ts";
import { type EventOrigin, recordEvent } from "../events/account-events.ts";
import { Superseded, voidTokensOf } from "../tokens/one-time-tokens.ts";

/** Whose password is changed, as the session that asks knows them. */
export interface Owner {
  readonly userId: string;
  readonly email: string;
  /** Of the session. Once it has risen, the session is dead and nothing is changed in its name. */
  readonly sessionEpoch: number;
}

/**
 * Gives an account another password; every session ends, and what was mailed to move the account is void. `superseded`: the password or the address was changed, or the account deleted, since the session was looked at;
 * so of two changes at once one is made. `now` is epoch milliseconds.
 */
export async function changePassword(
  users: UserCache,
  { userId, email, sessionEpoch }: Owner,
  password: string,
  origin: EventOrigin,
  now: number,
): Promise<"changed" | "superseded"> {
  const hashedPassword = await passwordHash.generate(password);
  try {
    await users.mutate(userId, async (transaction) => {
      // Tokens before the user's row, as everywhere: whoever holds one lock never waits for who holds the other. A link to
      // a new password stays: or else a thief who has the password keeps its owner from ever finishing a reset.
      await voidTokensOf(transaction, ["change-email"], userId);
      if (!(await raiseSessionEpochWithEmail(transaction, userId, email, sessionEpoch, now))) throw new Superseded();
      if (!(await setPassword(transaction, emailKeyId(email), userId, hashedPassword))) throw new Superseded();
      await recordEvent(transaction, userId, "password-changed", origin, now);
    });
  } catch (error) {
    if (error instanceof Superseded) return "superseded";
    throw error;
  }
  return "changed";
}

/** Ends every session there is, and a change of address that one of them has asked for. `superseded` as above. */
export async function endSessionsByEpoch(
  users: UserCache,
  { userId, sessionEpoch }: Omit<Owner, "email">,
  origin: EventOrigin,
  now: number,
): Promise<"changed" | "superseded"> {
  try {
    await users.mutate(userId, async (transaction) => {
      await voidTokensOf(transaction, ["change-email"], userId);
      if (!(await raiseSessionEpoch(transaction, userId, sessionEpoch, now))) throw new Superseded();
      await recordEvent(transaction, userId, "other-sessions-ended", origin, now);
    });
  } catch (error) {
    if (error instanceof Superseded) return "superseded";
    throw error;
  }
  return "changed";
}
