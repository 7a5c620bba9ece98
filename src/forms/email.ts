import { type EmailReading, parseEmail } from "../auth/accounts/typed-email.ts";
import type { FormFields } from "../http/form-body.ts";

/** Reads the field `email` in its stored form. */
export function readEmail(fields: FormFields): EmailReading {
  return parseEmail(fields.text("email"));
}
