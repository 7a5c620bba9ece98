import { type Bytes, decodeBase64url, encodeBase64url } from "./bytes.ts";

/** The use of a passkey that a challenge allows: to sign in, as second factor, to be added, to confirm an action. */
export type ChallengePurpose = "signin" | "second" | "register" | "confirm";

/** The reason why a challenge can be used, and what marks it as used. */
export interface IssuedChallenge {
  /** Unique to the challenge: 32 hexadecimal digits. The caller stores it until `expiresAt`, so that it is used once. */
  readonly nonce: string;
  /** Epoch milliseconds, a multiple of 1,000. */
  readonly expiresAt: number;
}

/** WebAuthn Level 3, section 13.4.3, asks for at least 16 random bytes. */
const NONCE_BYTES = 16;
/** Epoch seconds, big endian. Lasts until 2106. */
const EXPIRY_BYTES = 4;
/** A MAC of 128 bits. RFC 2104, section 5: at least half of the hash. */
const MAC_BYTES = 16;
const SIGNED_BYTES = NONCE_BYTES + EXPIRY_BYTES;

/** Separates these MACs from all others of the same key. */
const DOMAIN = "passkey challenge";

/**
 * Issues a challenge without storing it. The text is base64url of 36 bytes: nonce, expiry and MAC. `key` is an HMAC key
 * with SHA-256. `subject` ties it to a browser or session, and is empty if there is none. `expiresAt` is epoch
 * milliseconds, rounded up to a second.
 */
export async function issueChallenge(
  key: CryptoKey,
  purpose: ChallengePurpose,
  subject: string,
  expiresAt: number,
): Promise<string> {
  const signed = new Uint8Array(SIGNED_BYTES);
  crypto.getRandomValues(signed.subarray(0, NONCE_BYTES));
  new DataView(signed.buffer).setUint32(NONCE_BYTES, Math.ceil(expiresAt / 1_000));
  const mac = await computeMac(key, purpose, subject, signed);
  return encodeBase64url(Buffer.concat([signed, mac]));
}

/**
 * The challenge that `text` is; null if it was not issued with this key for this purpose and subject, or has expired.
 * Whether it was used before is the caller's to find out. `now` is epoch milliseconds.
 */
export async function checkChallenge(
  key: CryptoKey,
  text: string,
  purpose: ChallengePurpose,
  subject: string,
  now: number,
): Promise<IssuedChallenge | null> {
  const bytes = decodeBase64url(text);
  if (bytes?.length !== SIGNED_BYTES + MAC_BYTES) return null;
  const signed = bytes.slice(0, SIGNED_BYTES);
  const expiresAt = new DataView(signed.buffer).getUint32(NONCE_BYTES) * 1_000;
  const { timingSafeEqual } = process.getBuiltinModule("node:crypto");
  const isOurs = timingSafeEqual(await computeMac(key, purpose, subject, signed), bytes.subarray(SIGNED_BYTES));
  if (!isOurs || now >= expiresAt) return null;
  return { nonce: Buffer.from(signed.subarray(0, NONCE_BYTES)).toString("hex"), expiresAt };
}

/**
 * No two inputs are written alike: the domain and the purposes contain no NUL, `signed` has a fixed length, and the
 * subject takes the rest.
 */
async function computeMac(key: CryptoKey, purpose: ChallengePurpose, subject: string, signed: Bytes): Promise<Bytes> {
  const input = Buffer.concat([Buffer.from(`${DOMAIN}\0${purpose}\0`), signed, Buffer.from(subject)]);
  const mac = await crypto.subtle.sign("HMAC", key, new Uint8Array(input));
  return new Uint8Array(mac, 0, MAC_BYTES);
}
