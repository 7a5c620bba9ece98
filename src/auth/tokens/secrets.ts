/** Lower-case ASCII, so that no collation treats two secrets as equal. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** 40 characters of 36: 206 bits. */
const SECRET_CHARACTERS = 40;
const SECRET = /^[a-z0-9]{40}$/;

const CODE_DIGITS = 8;

/**
 * Random characters from the cryptographic source. Each character of `alphabet` is equally likely to one part in a
 * hundred million, because 32 bits choose it.
 */
export function generateRandomString(length: number, alphabet: string = ALPHABET): string {
  const values = crypto.getRandomValues(new Uint32Array(length));
  return Array.from(values, (value) => alphabet[Math.floor((value / 2 ** 32) * alphabet.length)]).join("");
}

/** Generates the secret of a link, a cookie or a session id. Only its hash is stored. */
export function generateSecret(): string {
  return generateRandomString(SECRET_CHARACTERS);
}

/** Whether `text` has the form of a secret. Other text is refused before a store is asked. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/** Generates a code of eight digits, which may begin with zeros. */
export function generateCode(): string {
  return generateRandomString(CODE_DIGITS, "0123456789");
}

/**
 * SHA-256 in hexadecimal. A fast hash is enough, because its inputs have 200 bits or are combined with such a secret.
 */
export async function hashSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Buffer.from(digest).toString("hex");
}
