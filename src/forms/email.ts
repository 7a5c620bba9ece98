import * as v from "valibot";
import { type EmailProblem, emailAddress } from "../auth/email-address.ts";
import type { FormFields } from "../http/form-body.ts";

export type EmailReading =
  | { readonly ok: true; readonly email: string }
  | { readonly ok: false; readonly problem: EmailProblem };

export const EMAIL_MESSAGES: Record<EmailProblem, string> = {
  "email-missing": "Enter your e-mail address",
  "email-invalid": "Enter an e-mail address like name@example.com",
};

/** The field `email`, as it is stored and compared. */
export function readEmail(fields: FormFields): EmailReading {
  const result = v.safeParse(emailAddress, fields.text("email"), { abortPipeEarly: true });
  if (result.success) return { ok: true, email: result.output };
  return { ok: false, problem: result.issues[0].message as EmailProblem };
}
