import { hashSecret } from "../auth/secrets.ts";

/** Whom a form is made for that is shown to visitors who are not signed in. */
export const NOBODY = "nobody";

/**
 * Whom a form is made for that acts on a mailed link: a hash of its token, which opens nothing. It is compared with that of
 * the link that the browser holds by then, and never looked up.
 */
export function madeForLink(token: string): Promise<string> {
  return hashSecret(token);
}
