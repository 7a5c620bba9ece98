import { equalizeTiming } from "../credentials/password/hash.ts";
import type { Auth } from "../lucia/lucia.ts";
import type { Account } from "./account.ts";
import type { PasswordKey } from "./password-key.ts";

export type Authentication =
  /** `account`: read before the password was checked, so a session for it is dead if it has changed since. */
  | { readonly outcome: "authenticated"; readonly account: Account }
  /** `userId`: the account with that email, or null if there is none. Never shown to the requester. */
  | { readonly outcome: "wrong-credentials"; readonly userId: string | null };

/** Why a form that asks for the current password is refused. */
export type CurrentPasswordProblem = "current-password-missing" | "current-password-wrong";

/**
 * Checks a password against the key that `read` resolves to. Without a key it makes the same calls and does the same
 * work as for a wrong password. Nothing is hashed before `counted` resolves, and its rejection is passed on: with too
 * many attempts the password is not checked. Both promises are awaited together, so counting adds no time.
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

/** `taken`: an account has the email. `kept`: it is reserved for the account that gave it up. */
export type EmailState = "free" | "taken" | "kept";

/** `key`: the key with that email, or null. */
export function emailStateOf(email: string, key: PasswordKey | null): EmailState {
  if (key === null) return "free";
  return key.account.email === email ? "taken" : "kept";
}
