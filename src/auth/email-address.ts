import * as v from "valibot";

/** RFC 5321, 4.5.3.1.3: a path of 256 octets less its brackets. */
const EMAIL_MAX_CHARACTERS = 254;

/** What HTML calls a valid e-mail address, with at least one dot in the domain, for mail must reach it from anywhere. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

export type EmailProblem = "email-missing" | "email-invalid";

/** One address in the form that is stored and compared: trimmed and lower-case; ASCII only. Fails with an EmailProblem. */
export const emailAddress = v.pipe(
  v.string(),
  v.trim(),
  v.transform(lowerCaseAscii),
  v.nonEmpty("email-missing" satisfies EmailProblem),
  v.maxLength(EMAIL_MAX_CHARACTERS, "email-invalid" satisfies EmailProblem),
  v.regex(EMAIL, "email-invalid" satisfies EmailProblem),
);

/** `toLowerCase` would turn the Kelvin sign into a k: two addresses would become one. */
function lowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
