import type { Account } from "../auth/accounts/account.ts";
import type { Evidence } from "../auth/sessions/evidence.ts";
import type { Config } from "../config/config.ts";

/** What somebody has yet to do before they are signed in; `done`: nothing. */
export type Step = "verify-email" | "done";

/** What this service asks of everybody. */
export type SignInPolicy = Pick<Config, "emailVerification">;

/**
 * Says what remains for whoever has proved by `evidence` that the account is theirs. Nothing is asked of the evidence as
 * long as each method is of level 1: any of them lets in.
 */
export function nextStep(
  { emailVerified }: Pick<Account, "emailVerified">,
  _evidence: Evidence,
  { emailVerification }: SignInPolicy,
): Step {
  return emailVerification === "required" && !emailVerified ? "verify-email" : "done";
}
