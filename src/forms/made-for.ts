import { hashSecret } from "../auth/tokens/secrets.ts";

/** Whom a form is made for that is shown to visitors who are not signed in. */
export const NOBODY = "nobody";

/** Whom a visitor's form is made for that verifies an email, which the page names anyway. */
export async function madeForEmail(email: string): Promise<string> {
  return (await hashSecret(email)).slice(0, MADE_FOR_CHARACTERS);
}

/** 128 bits: enough to tell two links apart, and shorter than any secret. */
const MADE_FOR_CHARACTERS = 32;

/**
 * Whom a form is made for that acts on a mailed link: a part of the hash of its token, which opens nothing. It is compared
 * with that of the link that the browser holds by then, and never looked up.
 */
export function madeForLink(tokenHash: string): string {
  return tokenHash.slice(0, MADE_FOR_CHARACTERS);
}
