import { equalizeTiming } from "../credentials/password/hash.ts";
import type { Auth } from "../lucia/lucia.ts";
import type { Account } from "./account.ts";
import type { PasswordKey } from "./password-key.ts";

export type Authentication =
  /** `account`: as it was before the password was looked at, so that a session of it is dead if it has changed since. */
  | { readonly outcome: "authenticated"; readonly account: Account }
  /** `userId`: whose password it is not; null if the address is nobody's. Not for the eyes of whoever guessed. */
  | { readonly outcome: "wrong-credentials"; readonly userId: string | null };

/** Why a form that asks its owner for the password goes no further. */
export type CurrentPasswordProblem = "current-password-missing" | "current-password-wrong";

/**
 * Checks a password against the key that `read` resolves to. Without a key it costs the same calls and the same work as a
 * wrong password. Nothing is hashed before `counted` resolves, and if it rejects, as where too many passwords were tried,
 * so does this. Both are waited for at once, so that counting costs no time of its own.
 */
export async function authenticate(
  auth: Auth,
  read: Promise<PasswordKey | null>,
  password: string,
  counted: Promise<unknown>,
): Promise<Authentication> {
  const [key] = await Promise.all([read, counted]);
  if (key === null) {
    await equalizeTiming(password);
    return { outcome: "wrong-credentials", userId: null };
  }
  const { account } = key;
  return (await auth.checkPassword(key, password))
    ? { outcome: "authenticated", account }
    : { outcome: "wrong-credentials", userId: account.id };
}

/** Whose an email is: an account's, nobody's, or `kept` for the account that gave it up, which no password opens. */
export type EmailState = "free" | "taken" | "kept";

/** `key`: of the email that is asked about. */
export function emailStateOf(email: string, key: PasswordKey | null): EmailState {
  if (key === null) return "free";
  return key.account.email === email ? "taken" : "kept";
}
