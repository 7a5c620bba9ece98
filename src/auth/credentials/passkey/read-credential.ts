import { type Bytes, decodeBase64url } from "./bytes.ts";
import { parseJsonObject, toObject } from "./json-object.ts";

/** How browsers reach an authenticator: WebAuthn Level 3, section 5.8.4. Others are dropped. */
const TRANSPORTS = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** The answer of an authenticator to `navigator.credentials.get`. Nothing is verified yet. */
export interface Assertion {
  readonly credentialId: Bytes;
  readonly clientDataJson: Bytes;
  readonly authenticatorData: Bytes;
  readonly signature: Bytes;
  /** The account's `user.id` at registration. Null if the authenticator does not say. */
  readonly userHandle: Bytes | null;
}

/** The answer of an authenticator to `navigator.credentials.create`. Nothing is verified yet. */
export interface Registration {
  readonly credentialId: Bytes;
  readonly clientDataJson: Bytes;
  readonly authenticatorData: Bytes;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
  /** The COSE algorithm of the key. */
  readonly algorithm: number;
  /** Without duplicates, in alphabetical order. */
  readonly transports: readonly Transport[];
}

/**
 * The largest form. With an id of 1,023 bytes, which a registration contains four times, and a key of 4,096 bits a
 * credential has less than 10 KiB.
 */
const TEXT_MAX_CHARACTERS = 16 * 1024;

/** WebAuthn Level 3, section 7.1. */
export const CREDENTIAL_ID_MAX_BYTES = 1023;

/** An RSA key of 4,096 bits has 550. */
const PUBLIC_KEY_MAX_BYTES = 1024;

/** WebAuthn Level 3, section 5.4.3. */
const USER_HANDLE_MAX_BYTES = 64;

/**
 * Reads the JSON of an assertion, as `PublicKeyCredential.toJSON()` returns it (WebAuthn Level 3, section 5.1); null if
 * it is malformed or too large. Unknown members are ignored. Never throws.
 */
export function readAssertion(text: string): Assertion | null {
  const credential = readCredential(text);
  if (credential === null) return null;
  const { credentialId, clientDataJson, authenticatorData, response } = credential;
  const signature = readBytes(response["signature"]);
  const userHandle = readUserHandle(response["userHandle"]);
  if (signature === null || userHandle === undefined) return null;
  return { credentialId, clientDataJson, authenticatorData, signature, userHandle };
}

/**
 * Reads the JSON of a registration in the same way. The attestation object is ignored: no attestation is requested, and
 * browsers pass its contents as separate members (section 5.2.1).
 */
export function readRegistration(text: string): Registration | null {
  const credential = readCredential(text);
  if (credential === null) return null;
  const { credentialId, clientDataJson, authenticatorData, response } = credential;
  const publicKey = readBytes(response["publicKey"], PUBLIC_KEY_MAX_BYTES);
  const algorithm = response["publicKeyAlgorithm"];
  if (publicKey === null || typeof algorithm !== "number") return null;
  const transports = readTransports(response["transports"]);
  return { credentialId, clientDataJson, authenticatorData, publicKey, algorithm, transports };
}

function readCredential(text: string) {
  if (text.length > TEXT_MAX_CHARACTERS) return null;
  const credential = parseJsonObject(text);
  const response = toObject(credential?.["response"]);
  if (credential?.["type"] !== "public-key" || response === null) return null;
  const credentialId = readBytes(credential["rawId"], CREDENTIAL_ID_MAX_BYTES);
  const clientDataJson = readBytes(response["clientDataJSON"]);
  const authenticatorData = readBytes(response["authenticatorData"]);
  if (credentialId === null || clientDataJson === null || authenticatorData === null) return null;
  if (credential["id"] !== credential["rawId"]) return null;
  return { credentialId, clientDataJson, authenticatorData, response };
}

/** The bytes of a member, at least one and at most `bytesMax`; null if it is missing or malformed. */
function readBytes(value: unknown, bytesMax = TEXT_MAX_CHARACTERS): Bytes | null {
  const bytes = typeof value === "string" ? decodeBase64url(value) : null;
  return bytes !== null && bytes.length > 0 && bytes.length <= bytesMax ? bytes : null;
}

/** Null if it is missing, null or empty, as some browsers send for a security key; undefined if it is malformed. */
function readUserHandle(value: unknown): Bytes | null | undefined {
  if (value === undefined || value === null || value === "") return null;
  return readBytes(value, USER_HANDLE_MAX_BYTES) ?? undefined;
}

function readTransports(value: unknown): Transport[] {
  return Array.isArray(value) ? TRANSPORTS.filter((transport) => value.includes(transport)) : [];
}
