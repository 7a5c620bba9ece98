import { type EmailProblem, type EmailReading, parseEmailAddress } from "../auth/email-address.ts";
import type { FormFields } from "../http/form-body.ts";

export const EMAIL_MESSAGES: Record<EmailProblem, string> = {
  "email-missing": "Enter your e-mail address",
  "email-invalid": "Enter an e-mail address like name@example.com",
};

/** The field `email`, as it is stored and compared. */
export function readEmail(fields: FormFields): EmailReading {
  return parseEmailAddress(fields.text("email"));
}
