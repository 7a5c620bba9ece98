import type { Bytes } from "./bytes.ts";

/** The members of the authenticator data that are checked: WebAuthn Level 3, section 6.1. */
export interface AuthenticatorData {
  readonly rpIdHash: Bytes;
  /** UP: somebody was present. */
  readonly isUserPresent: boolean;
  /** UV: the authenticator verified its owner by a PIN, a fingerprint or the like. */
  readonly isUserVerified: boolean;
  /** BE: the passkey can be backed up. */
  readonly isBackupEligible: boolean;
  /** BS: the passkey is backed up at the moment. */
  readonly isBackedUp: boolean;
  /** From 0 to 2^32 - 1. Always 0 if the authenticator does not count. */
  readonly signCount: number;
  /** AT: the new passkey. Null in an assertion. */
  readonly attested: AttestedCredential | null;
}

export interface AttestedCredential {
  /** The model of the authenticator, as a UUID in lower case. Zeros if it does not say. */
  readonly aaguid: string;
  readonly credentialId: Bytes;
}

const RP_ID_HASH_BYTES = 32;
/** Hash, flags, counter. */
const HEADER_BYTES = RP_ID_HASH_BYTES + 1 + 4;
const AAGUID_BYTES = 16;
/** AAGUID and the length of the id. */
const ATTESTED_HEADER_BYTES = AAGUID_BYTES + 2;

const USER_PRESENT = 1 << 0;
const USER_VERIFIED = 1 << 2;
const BACKUP_ELIGIBLE = 1 << 3;
const BACKED_UP = 1 << 4;
const ATTESTED = 1 << 6;
const EXTENSIONS = 1 << 7;

/**
 * Reads authenticator data; null if it is malformed. The public key and the extensions at its end are CBOR, of which
 * only the presence is checked: browsers pass the key as SPKI as well, and no extension is requested.
 */
export function readAuthenticatorData(bytes: Bytes): AuthenticatorData | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(RP_ID_HASH_BYTES);
  const has = (flag: number) => (flags & flag) !== 0;

  const end = has(ATTESTED) ? endOfCredentialId(view) : HEADER_BYTES;
  if (end === null) return null;
  const hasRest = bytes.length > end;
  if (bytes.length < end || hasRest !== (has(ATTESTED) || has(EXTENSIONS))) return null;

  return {
    rpIdHash: bytes.slice(0, RP_ID_HASH_BYTES),
    isUserPresent: has(USER_PRESENT),
    isUserVerified: has(USER_VERIFIED),
    isBackupEligible: has(BACKUP_ELIGIBLE),
    isBackedUp: has(BACKED_UP),
    signCount: view.getUint32(RP_ID_HASH_BYTES + 1),
    attested: has(ATTESTED)
      ? {
          aaguid: formatUuid(bytes.subarray(HEADER_BYTES, HEADER_BYTES + AAGUID_BYTES)),
          credentialId: bytes.slice(HEADER_BYTES + ATTESTED_HEADER_BYTES, end),
        }
      : null,
  };
}

function endOfCredentialId(view: DataView): number | null {
  const start = HEADER_BYTES + ATTESTED_HEADER_BYTES;
  return view.byteLength < start ? null : start + view.getUint16(HEADER_BYTES + AAGUID_BYTES);
}

function formatUuid(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString("hex");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
