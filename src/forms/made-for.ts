import { hashSecret } from "../auth/tokens/secrets.ts";

/** The value of `madeFor` for visitors who are not signed in. */
export const NOBODY = "nobody";

/** The value of `madeFor` for a visitor's form that verifies an email. */
export async function madeForEmail(email: string): Promise<string> {
  return (await hashSecret(email)).slice(0, MADE_FOR_CHARACTERS);
}

/** 128 bits: enough to distinguish two links, and shorter than any secret. */
const MADE_FOR_CHARACTERS = 32;

/**
 * The value of `madeFor` for a form of a mailed link: a part of the hash of its token, which is no credential. It is
 * compared with the link that the browser holds when the form is sent, and never looked up.
 */
export function madeForLink(tokenHash: string): string {
  return tokenHash.slice(0, MADE_FOR_CHARACTERS);
}
