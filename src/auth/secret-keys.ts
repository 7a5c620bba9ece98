import type { SecretKey, SecretKeys } from "../config/config.ts";

export type { SecretKeys };

/** Each purpose has a key of its own, so that text sealed for one never opens for another. */
type KeyPurpose = "totp" | "seal" | "challenge";

/** What is sealed: the secret of an authenticator app, which is stored, or the value of a form field or a cookie. */
type SealPurpose = Exclude<KeyPurpose, "challenge">;

/** NIST SP 800-38D, 8.2.2: a random IV of 96 bits, for at most 2^32 texts under one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The longest sealed text that is decoded. A field with ten recovery codes has about 500 characters. */
const SEALED_MAX_CHARACTERS = 4_096;

const SEALED = /^([a-z0-9]{1,16})\.([\w-]+)$/;

/** Keeps keys and no promises, because the work behind a promise belongs to one request. */
const derivedKeys = new WeakMap<SecretKey, Map<KeyPurpose, CryptoKey>>();

/** Each isolate derives a key once for its configuration, when it first needs it. */
async function keyFor(secretKey: SecretKey, purpose: KeyPurpose): Promise<CryptoKey> {
  const derived = derivedKeys.get(secretKey) ?? new Map<KeyPurpose, CryptoKey>();
  derivedKeys.set(secretKey, derived);
  const key = derived.get(purpose) ?? (await deriveKey(secretKey, purpose));
  derived.set(purpose, key);
  return key;
}

/** HKDF with SHA-256 (RFC 5869). It needs no salt, because a secret key is 32 random bytes (RFC 5869, 3.1). */
async function deriveKey({ bytes }: SecretKey, purpose: KeyPurpose): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(`gatehouse ${purpose}`);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const [algorithm, usages] =
    purpose === "challenge"
      ? [{ name: "HMAC", hash: "SHA-256", length: 256 }, ["sign"]]
      : [{ name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]];
  return crypto.subtle.deriveKey(hkdf, material, algorithm, false, usages as KeyUsage[]);
}

/** The key that signs challenges, for HMAC with SHA-256. */
export function challengeKey([first]: SecretKeys): Promise<CryptoKey> {
  return keyFor(first, "challenge");
}

/** The keys that a challenge may be signed with, the present one first. */
export function challengeKeys(keys: SecretKeys): Promise<CryptoKey[]> {
  return Promise.all(keys.map((key) => keyFor(key, "challenge")));
}

/**
 * Encrypts bytes with AES-256-GCM: `<key id>.<IV and ciphertext in base64url>`. `binding` says whose they are and what
 * for; only the same text opens them.
 */
export async function seal(
  [first]: SecretKeys,
  purpose: SealPurpose,
  binding: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const key = await keyFor(first, purpose);
  const ciphertext = await crypto.subtle.encrypt(aesGcm(iv, binding), key, bytes);
  return `${first.id}.${Buffer.concat([iv, new Uint8Array(ciphertext)]).toString("base64url")}`;
}

export interface Opened {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether an older key opened it. Text that is stored should then be sealed again. */
  readonly isOutdated: boolean;
}

/**
 * Decrypts sealed text. Null if it was changed, if it was sealed for another purpose or binding, or if its key is gone.
 * Never throws.
 */
export async function open(
  keys: SecretKeys,
  purpose: SealPurpose,
  binding: string,
  sealed: string,
): Promise<Opened | null> {
  const parsed = parseSealed(sealed);
  const secretKey = keys.find(({ id }) => id === parsed?.id);
  if (parsed === null || secretKey === undefined) return null;
  const { iv, ciphertext } = parsed;
  const key = await keyFor(secretKey, purpose);
  try {
    const bytes = new Uint8Array(await crypto.subtle.decrypt(aesGcm(iv, binding), key, ciphertext));
    return { bytes, isOutdated: secretKey !== keys[0] };
  } catch {
    return null;
  }
}

function aesGcm(iv: Uint8Array<ArrayBuffer>, binding: string) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(binding) };
}

function parseSealed(sealed: string) {
  if (sealed.length > SEALED_MAX_CHARACTERS) return null;
  const [, id, encoded = ""] = SEALED.exec(sealed) ?? [];
  const data = Buffer.from(encoded, "base64url");
  // The last character can have unused bits. Without this, texts that differ only there would all open.
  if (data.toString("base64url") !== encoded || data.length < IV_BYTES + TAG_BYTES) return null;
  return { id, iv: new Uint8Array(data.subarray(0, IV_BYTES)), ciphertext: new Uint8Array(data.subarray(IV_BYTES)) };
}

/** What a form field or a cookie is for, and who it belongs to: a user id, or empty while the account is not known. */
export interface FieldBinding {
  /** Names the field and the shape of its value. A field of another shape needs another purpose. */
  readonly purpose: string;
  readonly subject: string;
}

/** Seals a value that JSON can express, for a form field or a cookie. `expiresAt` is epoch milliseconds. */
export async function sealField(
  keys: SecretKeys,
  { purpose, subject, expiresAt }: FieldBinding & { readonly expiresAt: number },
  value: unknown,
): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([expiresAt, value]));
  return seal(keys, "seal", bindingOf({ purpose, subject }), text);
}

/**
 * Opens a sealed field. Null if it was not sealed for this purpose and subject, or if it has expired by `now` (epoch
 * milliseconds). Whatever opens was sealed by this service, so its shape needs no check.
 */
export async function openField<Value>(
  keys: SecretKeys,
  binding: FieldBinding,
  sealed: string,
  now: number,
): Promise<Value | null> {
  const opened = await open(keys, "seal", bindingOf(binding), sealed);
  if (opened === null) return null;
  const [expiresAt, value] = JSON.parse(new TextDecoder().decode(opened.bytes)) as [expiresAt: number, value: Value];
  return expiresAt > now ? value : null;
}

/** JSON keeps the two apart, whatever characters they have. */
function bindingOf({ purpose, subject }: FieldBinding): string {
  return JSON.stringify([purpose, subject]);
}
