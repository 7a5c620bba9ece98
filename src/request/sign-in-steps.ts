import type { Account } from "../auth/accounts/account.ts";
import { type Evidence, hasSecondStep } from "../auth/sessions/evidence.ts";
import type { Config } from "../config/config.ts";

/** The next step of a sign-in. `done` means that no step is left. */
export type Step = "verify-email" | "second-step" | "done";

/** The configuration that decides which steps a sign-in has. */
export type SignInPolicy = Pick<Config, "emailVerification">;

/** Returns the next step after an authentication with `evidence`. */
export function nextStep(
  { emailVerified, twoStepAt }: Pick<Account, "emailVerified" | "twoStepAt">,
  evidence: Evidence,
  { emailVerification }: SignInPolicy,
): Step {
  if (emailVerification === "required" && !emailVerified) return "verify-email";
  return twoStepAt === null || hasSecondStep(evidence) ? "done" : "second-step";
}
