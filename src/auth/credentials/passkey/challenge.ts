/**
 * What a challenge is for. `subject` of a challenge binds it further: to a sign-in that has begun (`second`) or to a
 * session (`register`, `confirm`).
 */
export type ChallengePurpose = "signin" | "second" | "register" | "confirm";

const NONCE_BYTES = 16;
const EXPIRY_BYTES = 4;
/** 128 bits of HMAC-SHA-256, as RFC 2104, 5 allows. */
const MAC_BYTES = 16;
const BYTES = NONCE_BYTES + EXPIRY_BYTES + MAC_BYTES;

const CHALLENGE = /^[\w-]{48}$/;

/**
 * Creates a challenge that needs no store: a nonce, the time of its expiry in seconds, and a MAC over both, the purpose
 * and the subject. In base64url. `key` is for HMAC-SHA-256, `expiresAt` is epoch milliseconds.
 */
export async function issueChallenge(
  key: CryptoKey,
  purpose: ChallengePurpose,
  subject: string,
  expiresAt: number,
): Promise<string> {
  const challenge = crypto.getRandomValues(new Uint8Array(BYTES));
  new DataView(challenge.buffer).setUint32(NONCE_BYTES, Math.floor(expiresAt / 1_000));
  challenge.set(await macOf(key, challenge, purpose, subject), NONCE_BYTES + EXPIRY_BYTES);
  return Buffer.from(challenge).toString("base64url");
}

/** A challenge of ours. The caller makes sure that it is used once, until it expires. */
export interface IssuedChallenge {
  /** In hexadecimal. Identifies the challenge. */
  readonly nonce: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Null if it was not issued for this purpose and subject with one of `keys`, or has expired by `now` (epoch
 * milliseconds).
 */
export async function checkChallenge(
  keys: readonly CryptoKey[],
  text: string,
  purpose: ChallengePurpose,
  subject: string,
  now: number,
): Promise<IssuedChallenge | null> {
  if (!CHALLENGE.test(text)) return null;
  const challenge = new Uint8Array(Buffer.from(text, "base64url"));
  const macs = await Promise.all(keys.map((key) => macOf(key, challenge, purpose, subject)));
  const given = challenge.subarray(NONCE_BYTES + EXPIRY_BYTES);
  const expiresAt = new DataView(challenge.buffer).getUint32(NONCE_BYTES) * 1_000;
  if (!macs.some((mac) => isSameMac(mac, given)) || expiresAt <= now) return null;
  return { nonce: Buffer.from(challenge.subarray(0, NONCE_BYTES)).toString("hex"), expiresAt };
}

/** In constant time. */
function isSameMac(expected: Uint8Array, given: Uint8Array): boolean {
  let difference = 0;
  for (let at = 0; at < MAC_BYTES; at += 1) difference |= (expected[at] ?? 0) ^ (given[at] ?? 0);
  return difference === 0;
}

async function macOf(
  key: CryptoKey,
  challenge: Uint8Array,
  purpose: ChallengePurpose,
  subject: string,
): Promise<Uint8Array> {
  const signed = Buffer.concat([
    challenge.subarray(0, NONCE_BYTES + EXPIRY_BYTES),
    Buffer.from(`${purpose}:${subject}`),
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, signed)).subarray(0, MAC_BYTES);
}
