import type { Account } from "../auth/accounts/account.ts";
import type { Evidence } from "../auth/sessions/evidence.ts";
import type { Config } from "../config/config.ts";

/** The next step of a sign-in. `done` means that no step is left. */
export type Step = "verify-email" | "done";

/** The configuration that decides which steps a sign-in has. */
export type SignInPolicy = Pick<Config, "emailVerification">;

/**
 * Returns the next step after an authentication with `evidence`. The evidence is not used yet: every method has level
 * 1, and level 1 is sufficient.
 */
export function nextStep(
  { emailVerified }: Pick<Account, "emailVerified">,
  _evidence: Evidence,
  { emailVerification }: SignInPolicy,
): Step {
  return emailVerification === "required" && !emailVerified ? "verify-email" : "done";
}
