import { LuciaError } from "lucia";
import { isDuplicate } from "../../store/database.ts";
import { spendPasswordCheck } from "../credentials/password/hash.ts";
import type { Auth } from "../lucia/lucia.ts";
import { EMAIL_PROVIDER } from "./account-rows.ts";

export type Registration = { readonly outcome: "registered"; readonly userId: string } | { readonly outcome: "taken" };

/** Creates the user and the key to it, or neither. `email` and `password` have passed their rules. */
export async function register(auth: Auth, email: string, password: string, now: number): Promise<Registration> {
  try {
    const { userId } = await auth.createUser({
      key: { providerId: EMAIL_PROVIDER, providerUserId: email, password },
      attributes: { email, email_verified_at: null, session_epoch: 0, version: 0, created_at: now, updated_at: now },
    });
    return { outcome: "registered", userId };
  } catch (error) {
    if (isTaken(error)) return { outcome: "taken" };
    throw error;
  }
}

export type Authentication =
  | { readonly outcome: "authenticated"; readonly userId: string }
  /** `userId`: whose password it is not; null if the address is nobody's. Not for the eyes of whoever guessed. */
  | { readonly outcome: "wrong-credentials"; readonly userId: string | null };

/** Why a form that asks its owner for the password goes no further. */
export type CurrentPasswordProblem = "current-password-missing" | "current-password-wrong";

/** Says whether a password may be tried at all; rejects if not. Asked before anything is hashed. */
export type Admission = () => Promise<void>;

/**
 * Checks a password. An unknown address costs the same calls and the same work as a wrong password. The key is read
 * while `admit` is asked, so that asking costs no time of its own.
 */
export async function authenticate(
  auth: Auth,
  email: string,
  password: string,
  admit: Admission,
): Promise<Authentication> {
  const [userId] = await Promise.all([findKeyHolder(auth, email), admit()]);
  try {
    const key = await auth.useKey(EMAIL_PROVIDER, email, password);
    return { outcome: "authenticated", userId: key.userId };
  } catch (error) {
    if (!(error instanceof LuciaError)) throw error;
    if (userId === null) await spendPasswordCheck(password);
    return { outcome: "wrong-credentials", userId };
  }
}

/** Whose an email is: an account's, nobody's, or `kept` for the account that gave it up, which no password opens. */
export type EmailState = "free" | "taken" | "kept";

/** One call, of which `authenticate` makes use again. */
export async function findEmailState(auth: Auth, email: string): Promise<EmailState> {
  const userId = await findKeyHolder(auth, email);
  if (userId === null) return "free";
  return (await auth.getUser(userId)).email === email ? "taken" : "kept";
}

async function findKeyHolder(auth: Auth, email: string): Promise<string | null> {
  try {
    return (await auth.getKey(EMAIL_PROVIDER, email)).userId;
  } catch (error) {
    if (error instanceof LuciaError) return null;
    throw error;
  }
}

/** The address is unique twice over: in the key's id, which Lucia's adapter recognises, and in the user's row. */
function isTaken(error: unknown): boolean {
  if (error instanceof LuciaError) return error.message === "AUTH_DUPLICATE_KEY_ID";
  return isDuplicate(error);
}
