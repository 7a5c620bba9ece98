/** RFC 5321, 4.5.3.1.3: a path of 256 octets less its brackets. */
const EMAIL_MAX_CHARACTERS = 254;

/** What HTML calls a valid e-mail address, with at least one dot in the domain, for mail must reach it from anywhere. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

export type EmailProblem = "email-missing" | "email-invalid";

export type EmailReading =
  | { readonly ok: true; readonly email: string }
  | { readonly ok: false; readonly problem: EmailProblem };

/** One address in the form that is stored and compared: trimmed and lower-case; ASCII only. */
export function parseEmailAddress(text: string): EmailReading {
  const email = lowerCaseAscii(text.trim());
  if (email === "") return { ok: false, problem: "email-missing" };
  if (email.length > EMAIL_MAX_CHARACTERS || !EMAIL.test(email)) return { ok: false, problem: "email-invalid" };
  return { ok: true, email };
}

/** `toLowerCase` would turn the Kelvin sign into a k: two addresses would become one. */
function lowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
