type Bytes = Uint8Array<ArrayBuffer>;

/** COSE algorithms (https://www.iana.org/assignments/cose), in the order that we prefer. */
export const ALGORITHMS = [-8, -7, -257] as const;

type Algorithm = (typeof ALGORITHMS)[number];

const EDDSA: Algorithm = -8;
const ES256: Algorithm = -7;

const IMPORT_PARAMETERS: Readonly<Record<Algorithm, { name: string; namedCurve?: string; hash?: string }>> = {
  [-8]: { name: "Ed25519" },
  [-7]: { name: "ECDSA", namedCurve: "P-256" },
  [-257]: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
};

const RS256: Algorithm = -257;

const ED25519_SIGNATURE_BYTES = 64;

/** From what NIST SP 800-131A allows to what is verified in a fraction of a millisecond. */
const RSA_MIN_BITS = 2_048;
const RSA_MAX_BITS = 4_096;
/** 65537, as authenticators have it. A long exponent would make a verification slow. */
const RSA_EXPONENT = "010001";

export function isSupportedAlgorithm(algorithm: number): algorithm is Algorithm {
  return (ALGORITHMS as readonly number[]).includes(algorithm);
}

/** Whether `publicKey` (SubjectPublicKeyInfo) is a key of this algorithm. */
export async function isPublicKey(algorithm: Algorithm, publicKey: Bytes): Promise<boolean> {
  return (await importKey(algorithm, publicKey)) !== null;
}

/** Whether `signature` is that of `signed`. False for keys and signatures of another form; never throws. */
export async function verifySignature(
  algorithm: number,
  publicKey: Bytes,
  signature: Bytes,
  signed: Bytes,
): Promise<boolean> {
  if (!isSupportedAlgorithm(algorithm)) return false;
  const key = await importKey(algorithm, publicKey);
  const raw = algorithm === ES256 ? fromDer(signature) : signature;
  if (key === null || raw === null) return false;
  // workerd throws for a length that cannot be right.
  if (algorithm === EDDSA && raw.length !== ED25519_SIGNATURE_BYTES) return false;
  try {
    return await crypto.subtle.verify({ ...IMPORT_PARAMETERS[algorithm], hash: "SHA-256" }, key, raw, signed);
  } catch {
    return false;
  }
}

async function importKey(algorithm: Algorithm, publicKey: Bytes): Promise<CryptoKey | null> {
  try {
    const key = await crypto.subtle.importKey("spki", publicKey, IMPORT_PARAMETERS[algorithm], false, ["verify"]);
    return algorithm !== RS256 || isUsualRsaKey(key) ? key : null;
  } catch {
    return null;
  }
}

function isUsualRsaKey({ algorithm }: CryptoKey): boolean {
  const { modulusLength, publicExponent } = algorithm as unknown as {
    readonly modulusLength: number;
    readonly publicExponent: Uint8Array;
  };
  const isUsual = Buffer.from(publicExponent).toString("hex") === RSA_EXPONENT;
  return isUsual && modulusLength >= RSA_MIN_BITS && modulusLength <= RSA_MAX_BITS;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const P256_BYTES = 32;

/**
 * Turns an ECDSA signature in DER (RFC 3279, 2.2.3) into the two numbers of 32 bytes that Web Crypto takes. Null unless
 * it is DER exactly: the shortest form of each length and number, and nothing after it.
 */
function fromDer(der: Bytes): Bytes | null {
  const first = readInteger(der, 2);
  const second = first && readInteger(der, first.end);
  if (der[0] !== SEQUENCE || !second || second.end !== der.length || der[1] !== der.length - 2) return null;
  const raw = new Uint8Array(2 * P256_BYTES);
  raw.set(first.number, P256_BYTES - first.number.length);
  raw.set(second.number, 2 * P256_BYTES - second.number.length);
  return raw;
}

/** Reads a positive number of at most 32 bytes. */
function readInteger(der: Bytes, at: number): { readonly number: Bytes; readonly end: number } | null {
  const length = der[at + 1] ?? 0;
  const start = at + 2;
  const end = start + length;
  const [head = 0, next = 0] = der.subarray(start, end);
  if (der[at] !== INTEGER || length === 0 || end > der.length || head >= 0x80) return null;
  // A zero comes first only where the number would be negative without it.
  const isPadded = head === 0;
  if (isPadded && (length === 1 || next < 0x80)) return null;
  const number = der.subarray(isPadded ? start + 1 : start, end);
  return number.length > P256_BYTES ? null : { number, end };
}
