import type { Bytes } from "./bytes.ts";

/**
 * The COSE algorithms that are requested, most wanted first: Ed25519, ES256 and RS256. WebAuthn Level 3, section
 * 5.2.1.1, obliges browsers to pass the public keys of exactly these as SPKI.
 */
export const ALGORITHMS = [-8, -7, -257] as const;

export type Algorithm = (typeof ALGORITHMS)[number];

/** RSA keys from what NIST SP 800-131A allows to what is verified in a fraction of a millisecond. */
const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 4096;
/** 65537, the exponent that authenticators use. A long one would make a verification slow. */
const RSA_EXPONENT = "010001";

/** The length of a coordinate of P-256. */
const P256_BYTES = 32;

export function isAlgorithm(value: number): value is Algorithm {
  return ALGORITHMS.some((algorithm) => algorithm === value);
}

/** Imports a public key; null if it is not a SubjectPublicKeyInfo of this algorithm, or an RSA key out of bounds. */
export async function importPublicKey(algorithm: Algorithm, spki: Bytes): Promise<CryptoKey | null> {
  try {
    const key = await crypto.subtle.importKey("spki", spki, importParameters(algorithm), false, ["verify"]);
    return algorithm === -257 && !isRsaKeyInBounds(key) ? null : key;
  } catch {
    return null;
  }
}

/**
 * Whether `signature` is one of `data` by the owner of the public key, in the format that WebAuthn Level 3, section
 * 6.5.5, gives for the algorithm. Never throws: a malformed key or signature verifies nothing.
 */
export async function verifySignature(
  algorithm: Algorithm,
  spki: Bytes,
  signature: Bytes,
  data: Bytes,
): Promise<boolean> {
  const key = await importPublicKey(algorithm, spki);
  const raw = algorithm === -7 ? readEcdsaSignature(signature) : signature;
  if (key === null || raw === null) return false;
  try {
    return await crypto.subtle.verify(verifyParameters(algorithm), key, raw, data);
  } catch {
    // workerd throws if a signature of Ed25519 has another length than 64 bytes.
    return false;
  }
}

function importParameters(algorithm: Algorithm) {
  switch (algorithm) {
    case -8:
      return { name: "Ed25519" };
    case -7:
      return { name: "ECDSA", namedCurve: "P-256" };
    case -257:
      return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  }
}

function verifyParameters(algorithm: Algorithm) {
  switch (algorithm) {
    case -8:
      return { name: "Ed25519" };
    case -7:
      return { name: "ECDSA", hash: "SHA-256" };
    case -257:
      return { name: "RSASSA-PKCS1-v1_5" };
  }
}

function isRsaKeyInBounds({ algorithm }: CryptoKey): boolean {
  const { modulusLength, publicExponent } = algorithm as unknown as {
    readonly modulusLength: number;
    readonly publicExponent: Uint8Array;
  };
  const isExponentUsual = Buffer.from(publicExponent).toString("hex") === RSA_EXPONENT;
  return isExponentUsual && modulusLength >= RSA_MIN_BITS && modulusLength <= RSA_MAX_BITS;
}

/**
 * Converts an ECDSA signature of P-256 from DER (RFC 3279, section 2.2.3) to r and s of 32 bytes each, which Web Crypto
 * expects. Null if it is not DER to the bit: otherwise one signature would have several encodings.
 */
export function readEcdsaSignature(der: Bytes): Bytes | null {
  // All lengths are below 128, so each takes one byte.
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = readInteger(der, 2);
  const s = r && readInteger(der, r.end);
  if (!r || s?.end !== der.length) return null;
  const raw = new Uint8Array(2 * P256_BYTES);
  raw.set(r.digits, P256_BYTES - r.digits.length);
  raw.set(s.digits, raw.length - s.digits.length);
  return raw;
}

interface Integer {
  /** The bytes without the zero that marks a positive number: at most 32. */
  readonly digits: Bytes;
  readonly end: number;
}

/** Reads an INTEGER that is not negative and has no superfluous zero. */
function readInteger(der: Bytes, start: number): Integer | null {
  const [tag, length = 0] = der.subarray(start, start + 2);
  const end = start + 2 + length;
  if (tag !== 0x02 || length === 0 || end > der.length) return null;
  const bytes = der.subarray(start + 2, end);
  const [first = 0, second = 0] = bytes;
  const isPadded = first === 0 && length > 1;
  if (first >= 0x80 || (isPadded && second < 0x80)) return null;
  const digits = isPadded ? bytes.subarray(1) : bytes;
  return digits.length > P256_BYTES ? null : { digits, end };
}
