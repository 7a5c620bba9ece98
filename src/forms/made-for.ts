import { hashSecret } from "../auth/tokens/secrets.ts";

/** The value of `madeFor` in a form for visitors who are not signed in. */
export const NOBODY = "nobody";

/**
 * The value of `madeFor` in a form that verifies an email without a session. This hash of the email reveals nothing,
 * because the page shows the email.
 */
export async function madeForEmail(email: string): Promise<string> {
  return (await hashSecret(email)).slice(0, MADE_FOR_CHARACTERS);
}

/** 128 bits: enough to distinguish two links, and shorter than any secret. */
const MADE_FOR_CHARACTERS = 32;

/**
 * The value of `madeFor` in a form that acts on a mailed link: a part of the hash of the link's token. When the form is
 * sent, it is compared with the link that the browser then holds. It is never looked up, so it is no credential.
 */
export function madeForLink(tokenHash: string): string {
  return tokenHash.slice(0, MADE_FOR_CHARACTERS);
}
