import * as v from "valibot";
import { type EmailProblem, emailAddress } from "../../auth/email-address.ts";
import type { FormFields } from "../../http/form-body.ts";

export type SigninProblem = EmailProblem | "password-missing" | "wrong-credentials";

export interface SigninErrors {
  readonly email?: SigninProblem | undefined;
  readonly password?: SigninProblem | undefined;
}

export type SigninForm =
  | { readonly ok: true; readonly email: string; readonly password: string }
  | { readonly ok: false; readonly errors: SigninErrors };

/** No rule of today is asked of a password that was chosen under yesterday's. */
export function parseSignin(fields: FormFields): SigninForm {
  const email = v.safeParse(emailAddress, fields.text("email"), { abortPipeEarly: true });
  const password = fields.text("password");
  if (email.success && password !== "") return { ok: true, email: email.output, password };
  return {
    ok: false,
    errors: {
      email: email.success ? undefined : (email.issues[0].message as EmailProblem),
      password: password === "" ? "password-missing" : undefined,
    },
  };
}
