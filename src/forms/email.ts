import { type EmailReading, parseEmail } from "../auth/accounts/typed-email.ts";
import type { FormFields } from "../http/form-body.ts";

/** Reads the field `email` and converts it to the form that is stored and compared. */
export function readEmail(fields: FormFields): EmailReading {
  return parseEmail(fields.text("email"));
}
