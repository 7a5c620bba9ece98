import { type EmailReading, parseEmail } from "../auth/accounts/typed-email.ts";
import type { FormFields } from "../http/form-body.ts";

/** The field `email`, as it is stored and compared. */
export function readEmail(fields: FormFields): EmailReading {
  return parseEmail(fields.text("email"));
}
