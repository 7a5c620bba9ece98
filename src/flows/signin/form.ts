import type { EmailProblem } from "../../auth/accounts/typed-email.ts";
import { readEmail } from "../../forms/email.ts";
import type { FormFields } from "../../http/form-body.ts";

export interface SigninErrors {
  readonly email?: EmailProblem | undefined;
  readonly password?: "password-missing" | "wrong-credentials" | undefined;
}

export type SigninForm =
  | { readonly ok: true; readonly email: string; readonly password: string }
  | { readonly ok: false; readonly errors: SigninErrors };

/** Does not apply the rules for new passwords, because older passwords may break them. */
export function parseSignin(fields: FormFields): SigninForm {
  const reading = readEmail(fields);
  const password = fields.text("password");
  if (reading.ok && password !== "") return { ok: true, email: reading.email, password };
  return {
    ok: false,
    errors: {
      email: reading.ok ? undefined : reading.problem,
      password: password === "" ? "password-missing" : undefined,
    },
  };
}
