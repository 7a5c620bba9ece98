import type { EmailProblem } from "../../auth/accounts/typed-email.ts";
import { readEmail } from "../../forms/email.ts";
import { type NewPasswordErrors, readNewPassword } from "../../forms/new-password.tsx";
import type { FormFields } from "../../http/form-body.ts";

export interface SignupErrors extends NewPasswordErrors {
  readonly email?: EmailProblem | "email-taken" | undefined;
}

export type SignupForm =
  /** `password`: null for a sign-up with a passkey. */
  | { readonly ok: true; readonly email: string; readonly password: string | null }
  | { readonly ok: false; readonly errors: SignupErrors };

const NO_PASSWORD = { ok: true, password: null } as const;

export function parseSignup(fields: FormFields): SignupForm {
  const email = readEmail(fields);
  const password =
    fields.text("with") === "passkey" ? NO_PASSWORD : readNewPassword(fields, email.ok ? email.email : "");
  if (email.ok && password.ok) return { ok: true, email: email.email, password: password.password };
  return {
    ok: false,
    errors: { email: email.ok ? undefined : email.problem, ...(password.ok ? {} : password.errors) },
  };
}
