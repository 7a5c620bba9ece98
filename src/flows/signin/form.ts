import type { EmailProblem } from "../../auth/accounts/typed-email.ts";
import { readEmail } from "../../forms/email.ts";
import type { FormFields } from "../../http/form-body.ts";

export interface SigninErrors {
  readonly email?: EmailProblem | undefined;
  readonly password?: "password-missing" | "wrong-credentials" | undefined;
  /** Further attempts before sign-in is paused, if the password or the email is wrong. */
  readonly attemptsLeft?: number | undefined;
}

export type SigninForm =
  | { readonly ok: true; readonly email: string; readonly password: string }
  | { readonly ok: false; readonly errors: SigninErrors };

/** Parses the form. The rules for new passwords do not apply, because an older password may break them. */
export function parseSignin(fields: FormFields): SigninForm {
  const emailField = readEmail(fields);
  const password = fields.text("password");
  if (emailField.ok && password !== "") return { ok: true, email: emailField.email, password };
  return {
    ok: false,
    errors: {
      email: emailField.ok ? undefined : emailField.problem,
      password: password === "" ? "password-missing" : undefined,
    },
  };
}
