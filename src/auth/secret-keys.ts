/** A secret key of the service, 256 bits. */
export interface SecretKey {
  /** Names the key in sealed text. */
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The first key seals. All of them open, so that keys can be replaced one after the other. */
export type SecretKeys = readonly [SecretKey, ...SecretKey[]];

/** Purposes have separate keys, so that text sealed for one never opens for another. */
type KeyPurpose = "totp" | "seal" | "challenge";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The longest sealed text that is decoded: a sealed form field with ten recovery codes has some 500 characters. */
const SEALED_MAX_CHARACTERS = 4_096;

const SEALED = /^([a-z0-9]{1,16})\.([\w-]+)$/;

const AES = { name: "AES-GCM", length: 256 };
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 };

const derivedKeys = new Map<string, Promise<CryptoKey>>();

/** Derives the key of a purpose (HKDF with SHA-256, RFC 5869). Each isolate derives it once. */
function deriveKey({ id, bytes }: SecretKey, purpose: KeyPurpose): Promise<CryptoKey> {
  const name = `${purpose}:${id}:${Buffer.from(bytes).toString("base64")}`;
  let key = derivedKeys.get(name);
  if (key === undefined) {
    key = derive(bytes, purpose);
    derivedKeys.set(name, key);
  }
  return key;
}

async function derive(bytes: Uint8Array<ArrayBuffer>, purpose: KeyPurpose): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(`gatehouse ${purpose}`);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const isMac = purpose === "challenge";
  return crypto.subtle.deriveKey(hkdf, material, isMac ? HMAC : AES, false, isMac ? ["sign"] : ["encrypt", "decrypt"]);
}

/** The key that signs challenges, for HMAC with SHA-256. */
export function challengeKey([first]: SecretKeys): Promise<CryptoKey> {
  return deriveKey(first, "challenge");
}

/**
 * Encrypts bytes with AES-256-GCM and a random IV: `<key id>.<IV and ciphertext in base64url>`. `binding` says what they
 * are for, and is required to open them.
 */
export async function seal(
  [first]: SecretKeys,
  purpose: "totp" | "seal",
  binding: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const additionalData = new TextEncoder().encode(binding);
  const key = await deriveKey(first, purpose);
  const encrypted = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, bytes);
  return `${first.id}.${Buffer.concat([iv, new Uint8Array(encrypted)]).toString("base64url")}`;
}

export interface Opened {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether an older key opened it, so that it should be sealed again. */
  readonly isOutdated: boolean;
}

/** Decrypts sealed text. Null if it was changed, is for something else, or its key is gone. Never throws. */
export async function open(
  keys: SecretKeys,
  purpose: "totp" | "seal",
  binding: string,
  sealed: string,
): Promise<Opened | null> {
  if (sealed.length > SEALED_MAX_CHARACTERS) return null;
  const [, id, encoded = ""] = SEALED.exec(sealed) ?? [];
  const secretKey = keys.find((key) => key.id === id);
  const data = new Uint8Array(Buffer.from(encoded, "base64url"));
  if (secretKey === undefined || data.length < IV_BYTES + TAG_BYTES) return null;
  const iv = data.subarray(0, IV_BYTES);
  const additionalData = new TextEncoder().encode(binding);
  const key = await deriveKey(secretKey, purpose);
  try {
    const algorithm = { name: "AES-GCM", iv, additionalData };
    const bytes = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, data.subarray(IV_BYTES)));
    return { bytes, isOutdated: secretKey !== keys[0] };
  } catch {
    return null;
  }
}

/** What a sealed form field or cookie is for, and whose it is: a user id, or empty if it has no owner yet. */
export interface FieldBinding {
  readonly purpose: string;
  readonly subject: string;
}

/** Seals a value for a form field or a cookie. `expiresAt` is epoch milliseconds. */
export async function sealField(
  keys: SecretKeys,
  { purpose, subject, expiresAt }: FieldBinding & { readonly expiresAt: number },
  value: unknown,
): Promise<string> {
  const text = JSON.stringify([expiresAt, value]);
  return seal(keys, "seal", bindingOf(purpose, subject), new TextEncoder().encode(text));
}

/** Opens a sealed field. Null if it was not sealed for this purpose and subject, or has expired by `now`. */
export async function openField<Value>(
  keys: SecretKeys,
  { purpose, subject }: FieldBinding,
  sealed: string,
  now: number,
): Promise<Value | null> {
  const opened = await open(keys, "seal", bindingOf(purpose, subject), sealed);
  if (opened === null) return null;
  const [expiresAt, value] = JSON.parse(new TextDecoder().decode(opened.bytes)) as [number, Value];
  return expiresAt > now ? value : null;
}

function bindingOf(purpose: string, subject: string): string {
  return JSON.stringify([purpose, subject]);
}
