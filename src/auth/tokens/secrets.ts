/** Lower-case ASCII, so that no collation takes two for one. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** 40 of 36 characters: 206 bits. */
const SECRET_CHARACTERS = 40;
const SECRET = /^[a-z0-9]{40}$/;

const CODE_DIGITS = 8;

/**
 * Random characters from the cryptographic source, each of `alphabet` equally likely but for one part in a hundred
 * million: 32 bits choose each of them.
 */
export function generateRandomString(length: number, alphabet: string = ALPHABET): string {
  const values = crypto.getRandomValues(new Uint32Array(length));
  return Array.from(values, (value) => alphabet[Math.floor((value / 2 ** 32) * alphabet.length)]).join("");
}

/** What a link, a cookie or a session id holds and nothing stored does. */
export function generateSecret(): string {
  return generateRandomString(SECRET_CHARACTERS);
}

/** Whether `text` has the shape of a secret. What has not is refused before any store is asked. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/** A number that can be typed, as text: it may begin with zeros. */
export function generateCode(): string {
  return generateRandomString(CODE_DIGITS, "0123456789");
}

/** SHA-256 in hex. Fast on purpose: what is hashed has 200 bits or is mixed with something that has. */
export async function hashSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Buffer.from(digest).toString("hex");
}
