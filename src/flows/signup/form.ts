import * as v from "valibot";
import { type EmailProblem, emailAddress } from "../../auth/email-address.ts";
import { findPasswordProblem, type PasswordProblem } from "../../auth/password-rules.ts";
import type { FormFields } from "../../http/form-body.ts";

export interface SignupErrors {
  readonly email?: EmailProblem | "email-taken" | undefined;
  readonly password?: PasswordProblem | undefined;
  readonly passwordConfirmation?: "confirmation-differs" | undefined;
}

export type SignupForm =
  | { readonly ok: true; readonly email: string; readonly password: string }
  | { readonly ok: false; readonly errors: SignupErrors };

export function parseSignup(fields: FormFields): SignupForm {
  const email = v.safeParse(emailAddress, fields.text("email"), { abortPipeEarly: true });
  const password = fields.text("password");
  const passwordProblem = findPasswordProblem(password, email.success ? email.output : "");
  // Of two mistakes the first is told first: a confirmation of a password that is refused says nothing.
  const differs = passwordProblem === null && fields.text("passwordConfirmation") !== password;
  if (email.success && passwordProblem === null && !differs) return { ok: true, email: email.output, password };
  return {
    ok: false,
    errors: {
      email: email.success ? undefined : (email.issues[0].message as EmailProblem),
      password: passwordProblem ?? undefined,
      passwordConfirmation: differs ? "confirmation-differs" : undefined,
    },
  };
}
