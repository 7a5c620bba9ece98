import { type AssertionResponse, parseObject, type RegistrationResponse } from "./read-credential.ts";
import { isPublicKey, isSupportedAlgorithm, verifySignature } from "./signature.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Why a credential was refused. For the log; pages say the same for all. */
export type Refusal =
  | "malformed"
  | "type"
  | "origin"
  | "cross-origin"
  | "challenge"
  | "relying-party"
  | "user-presence"
  | "user-verification"
  | "backup-state"
  | "no-credential-data"
  | "credential-id"
  | "algorithm"
  | "public-key"
  | "unknown"
  | "wrong-user"
  | "user-handle"
  | "signature";

export interface RelyingParty {
  /** The domain of the passkeys, such as `accounts.example.com`. */
  readonly id: string;
  /** The origins whose pages may use them. */
  readonly origins: readonly string[];
}

/** What the authenticator says about itself and its user: https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
export interface AuthenticatorData {
  readonly relyingPartyHash: Bytes;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly signCount: number;
  /** Only in a registration. */
  readonly credential: { readonly aaguid: string; readonly id: Bytes } | null;
}

const HASH_BYTES = 32;
const HEADER_BYTES = HASH_BYTES + 1 + 4;
const AAGUID_BYTES = 16;

const FLAGS = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  credential: 0x40,
  extensions: 0x80,
};

/** Null if its length cannot be right. The public key and extensions that follow are not read. */
export function readAuthenticatorData(bytes: Bytes): AuthenticatorData | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(HASH_BYTES);
  const has = (flag: keyof typeof FLAGS) => (flags & FLAGS[flag]) !== 0;
  const credential = has("credential") ? readCredentialData(bytes.subarray(HEADER_BYTES)) : null;
  if (has("credential") && credential === null) return null;
  if (!has("credential") && !has("extensions") && bytes.length > HEADER_BYTES) return null;
  return {
    relyingPartyHash: bytes.subarray(0, HASH_BYTES),
    userPresent: has("userPresent"),
    userVerified: has("userVerified"),
    backupEligible: has("backupEligible"),
    backedUp: has("backedUp"),
    signCount: view.getUint32(HASH_BYTES + 1),
    credential,
  };
}

/** https://www.w3.org/TR/webauthn-3/#sctn-attested-credential-data */
function readCredentialData(bytes: Bytes): AuthenticatorData["credential"] {
  if (bytes.length < AAGUID_BYTES + 2) return null;
  const length = ((bytes[AAGUID_BYTES] ?? 0) << 8) | (bytes[AAGUID_BYTES + 1] ?? 0);
  const id = bytes.subarray(AAGUID_BYTES + 2, AAGUID_BYTES + 2 + length);
  if (id.length < length) return null;
  const hex = Buffer.from(bytes.subarray(0, AAGUID_BYTES)).toString("hex");
  return { aaguid: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"), id };
}

/** What the browser says about the request: https://www.w3.org/TR/webauthn-3/#dictionary-client-data */
export interface ClientData {
  readonly type: string;
  readonly challenge: string;
  readonly origin: string;
  /** Whether a page of another origin shows ours in a frame. */
  readonly isCrossOrigin: boolean;
}

/** Null if it is not UTF-8, not JSON, or has another shape. */
export function readClientData(bytes: Bytes): ClientData | null {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
  const data = parseObject(text);
  if (data === null) return null;
  const { type, challenge, origin, crossOrigin, topOrigin } = data;
  if (typeof type !== "string" || typeof challenge !== "string" || typeof origin !== "string") return null;
  if (crossOrigin !== undefined && typeof crossOrigin !== "boolean") return null;
  return { type, challenge, origin, isCrossOrigin: crossOrigin === true || topOrigin !== undefined };
}

/** Checks a challenge, and resolves to whether it is ours. */
export type CheckChallenge = (challenge: string) => Promise<boolean>;

interface Ceremony {
  readonly clientData: Bytes;
  readonly authenticatorData: Bytes;
}

/** The checks that both ceremonies share, in the order of https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion */
async function checkCeremony(
  { clientData, authenticatorData }: Ceremony,
  type: "webauthn.get" | "webauthn.create",
  relyingParty: RelyingParty,
  checkChallenge: CheckChallenge,
): Promise<AuthenticatorData | Refusal> {
  const client = readClientData(clientData);
  const data = readAuthenticatorData(authenticatorData);
  if (client === null || data === null) return "malformed";
  if (client.type !== type) return "type";
  if (!relyingParty.origins.includes(client.origin)) return "origin";
  if (client.isCrossOrigin) return "cross-origin";
  if (!(await checkChallenge(client.challenge))) return "challenge";
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(relyingParty.id));
  if (Buffer.compare(data.relyingPartyHash, new Uint8Array(hash)) !== 0) return "relying-party";
  if (!data.userPresent) return "user-presence";
  if (!data.userVerified) return "user-verification";
  if (data.backedUp && !data.backupEligible) return "backup-state";
  return data;
}

/** A credential whose checks without its public key have passed. */
export interface CheckedAssertion {
  readonly response: AssertionResponse;
  readonly data: AuthenticatorData;
}

/** Checks an assertion as far as possible without a store. */
export async function checkAssertion(
  response: AssertionResponse,
  relyingParty: RelyingParty,
  isOurChallenge: CheckChallenge,
): Promise<CheckedAssertion | Refusal> {
  const data = await checkCeremony(response, "webauthn.get", relyingParty, isOurChallenge);
  return typeof data === "string" ? data : { response, data };
}

/** A stored passkey. */
export interface StoredPasskey {
  readonly userId: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
  readonly algorithm: number;
}

/**
 * Checks an assertion against the stored passkey with its credential id, or null if there is none. `isUserKnown`:
 * whether the sign-in has named its user already; otherwise the authenticator must name the user. Returns null if all is
 * right.
 */
export async function verifyAssertion(
  { response }: CheckedAssertion,
  passkey: StoredPasskey | null,
  isUserKnown: boolean,
): Promise<Refusal | null> {
  if (passkey === null) return "unknown";
  const { userHandle, authenticatorData, clientData, signature } = response;
  if (userHandle === null ? !isUserKnown : Buffer.from(userHandle).toString() !== passkey.userId) return "user-handle";
  const clientHash = new Uint8Array(await crypto.subtle.digest("SHA-256", clientData));
  const signed = new Uint8Array(Buffer.concat([authenticatorData, clientHash]));
  const isRight = await verifySignature(passkey.algorithm, passkey.publicKey, signature, signed);
  return isRight ? null : "signature";
}

/** A credential that an authenticator has created. */
export interface NewPasskey {
  readonly credentialId: Bytes;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
  readonly algorithm: number;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** Checks a registration without an attestation. */
export async function verifyRegistration(
  response: RegistrationResponse,
  relyingParty: RelyingParty,
  isOurChallenge: CheckChallenge,
): Promise<NewPasskey | Refusal> {
  const data = await checkCeremony(response, "webauthn.create", relyingParty, isOurChallenge);
  if (typeof data === "string") return data;
  const { credential, signCount, backupEligible, backedUp } = data;
  const { credentialId, publicKey, algorithm, transports } = response;
  if (credential === null) return "no-credential-data";
  if (Buffer.compare(credential.id, credentialId) !== 0) return "credential-id";
  if (!isSupportedAlgorithm(algorithm)) return "algorithm";
  if (!(await isPublicKey(algorithm, publicKey))) return "public-key";
  const { aaguid } = credential;
  return { credentialId, publicKey, algorithm, signCount, transports, aaguid, backupEligible, backedUp };
}
