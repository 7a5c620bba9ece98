type Bytes = Uint8Array<ArrayBuffer>;

/** The response of `navigator.credentials.get`, decoded and not verified. */
export interface AssertionResponse {
  readonly credentialId: Bytes;
  readonly clientData: Bytes;
  readonly authenticatorData: Bytes;
  readonly signature: Bytes;
  readonly userHandle: Bytes | null;
}

/** The response of `navigator.credentials.create`, decoded and not verified. */
export interface RegistrationResponse {
  readonly credentialId: Bytes;
  readonly clientData: Bytes;
  readonly authenticatorData: Bytes;
  /** SubjectPublicKeyInfo (RFC 5280, 4.1). */
  readonly publicKey: Bytes;
  /** COSE algorithm. */
  readonly algorithm: number;
  /** Known transports only. */
  readonly transports: readonly string[];
}

/** The longest id with an RSA key of 4,096 bits, both also in the ignored attestation, takes some 8,300. */
const TEXT_MAX_CHARACTERS = 10 * 1_024;

/** https://www.w3.org/TR/webauthn-3/#sctn-credential-id-length */
export const CREDENTIAL_ID_MAX_BYTES = 1_023;
/** An RSA key of 4,096 bits has 550 bytes as SubjectPublicKeyInfo. */
const PUBLIC_KEY_MAX_BYTES = 768;
const DATA_MAX_BYTES = 4_096;
/** https://www.w3.org/TR/webauthn-3/#user-handle */
const USER_HANDLE_MAX_BYTES = 64;

/** https://www.w3.org/TR/webauthn-3/#enum-transport */
const TRANSPORTS = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

/** Parses the JSON of an assertion. Null if it is too long or has another shape. Never throws. */
export function readAssertion(text: string): AssertionResponse | null {
  const read = readCredential(text);
  if (read === null) return null;
  const { credentialId, clientData, response } = read;
  const authenticatorData = readBytes(response["authenticatorData"], DATA_MAX_BYTES);
  const signature = readBytes(response["signature"], DATA_MAX_BYTES);
  // Some authenticators send an empty one.
  const handle = response["userHandle"] || null;
  const userHandle = handle === null ? null : readBytes(handle, USER_HANDLE_MAX_BYTES);
  if (authenticatorData === null || signature === null || (handle !== null && userHandle === null)) return null;
  return { credentialId, clientData, authenticatorData, signature, userHandle };
}

/** Parses the JSON of a registration. Null if it is too long or has another shape. Never throws. */
export function readRegistration(text: string): RegistrationResponse | null {
  const read = readCredential(text);
  if (read === null) return null;
  const { credentialId, clientData, response } = read;
  const authenticatorData = readBytes(response["authenticatorData"], DATA_MAX_BYTES);
  const publicKey = readBytes(response["publicKey"], PUBLIC_KEY_MAX_BYTES);
  const algorithm = response["publicKeyAlgorithm"];
  if (authenticatorData === null || publicKey === null || typeof algorithm !== "number") return null;
  const sent = Array.isArray(response["transports"]) ? response["transports"] : [];
  const transports = TRANSPORTS.filter((transport) => sent.includes(transport));
  return { credentialId, clientData, authenticatorData, publicKey, algorithm, transports };
}

type Members = Readonly<Record<string, unknown>>;

function readCredential(text: string): { credentialId: Bytes; clientData: Bytes; response: Members } | null {
  const credential = parseObject(text);
  const response = credential && membersOf(credential["response"]);
  if (credential === null || response === null || credential["type"] !== "public-key") return null;
  const credentialId = readBytes(credential["rawId"], CREDENTIAL_ID_MAX_BYTES);
  const clientData = readBytes(response["clientDataJSON"], DATA_MAX_BYTES);
  if (credentialId === null || clientData === null || credential["id"] !== credential["rawId"]) return null;
  return { credentialId, clientData, response };
}

/** Parses a JSON object. Null for other text. */
export function parseObject(text: string): Members | null {
  if (text.length > TEXT_MAX_CHARACTERS) return null;
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Only own members count, so that none comes from a prototype. */
function membersOf(value: unknown): Members | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

/** Decodes base64url (RFC 4648, 5) without padding, of which each value has one form. Null for other values. */
function readBytes(value: unknown, maxBytes: number): Bytes | null {
  if (typeof value !== "string" || value.length === 0 || value.length > Math.ceil((maxBytes * 4) / 3)) return null;
  const bytes = Buffer.from(value, "base64url");
  return bytes.toString("base64url") === value ? new Uint8Array(bytes) : null;
}
