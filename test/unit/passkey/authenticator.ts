import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { type Bytes, encodeBase64url } from "../../../src/auth/credentials/passkey/bytes.ts";
import { userHandleOf } from "../../../src/auth/credentials/passkey/ceremony.ts";
import type { Algorithm } from "../../../src/auth/credentials/passkey/signature.ts";

export const ORIGIN = "https://accounts.example.org";
export const RP_ID = "example.org";
export const USER_ID = "k3v9q0x7m2p5d8s";

/** Flags of the authenticator data: WebAuthn Level 3, section 6.1. */
export const UP = 0x01;
export const UV = 0x04;
export const BE = 0x08;
export const BS = 0x10;
export const AT = 0x40;
export const ED = 0x80;

export interface ClientDataMembers {
  readonly type: unknown;
  readonly challenge: unknown;
  readonly origin: unknown;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
}

export interface DataMembers {
  readonly rpId?: string;
  readonly flags?: number;
  readonly signCount?: number;
  readonly rest?: Uint8Array;
}

/** As `PublicKeyCredential.toJSON()` returns it. */
export interface CredentialJson {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly clientExtensionResults: object;
  readonly authenticatorAttachment: string;
}

/**
 * An authenticator that signs anything, also what no real one would. In particular it sets each flag as it is told,
 * which the emulator of the package cannot.
 */
export interface Authenticator {
  readonly credentialId: Bytes;
  readonly spki: Bytes;
  /** The public key as the oracle stores it. */
  readonly cose: Bytes;
  create(clientData: ClientDataMembers, data?: DataMembers): CredentialJson;
  get(clientData: ClientDataMembers, data?: DataMembers): CredentialJson;
}

export function createAuthenticator(
  algorithm: Algorithm,
  credentialId: Uint8Array = randomBytes(32),
  userId: string | null = USER_ID,
): Authenticator {
  const { publicKey, privateKey } = generateKeys(algorithm);
  const spki = toBytes(publicKey.export({ format: "der", type: "spki" }));
  const cose = coseOf(algorithm, publicKey);
  const id = encodeBase64url(credentialId);

  const credentialWith = (clientData: ClientDataMembers, response: object): CredentialJson => ({
    id,
    rawId: id,
    type: "public-key",
    response: { clientDataJSON: encodeBase64url(Buffer.from(JSON.stringify(clientData))), ...response },
    clientExtensionResults: {},
    authenticatorAttachment: "platform",
  });

  return {
    credentialId: toBytes(credentialId),
    spki,
    cose,

    create: (clientData, { rpId, flags = UP | UV | AT, signCount, rest } = {}) => {
      const attested = [Buffer.alloc(16, 0xaa), uint16(credentialId.length), credentialId, cose];
      const data = authenticatorData({
        rpId: rpId ?? RP_ID,
        flags,
        signCount: signCount ?? 0,
        rest: rest ?? (flags & AT ? Buffer.concat(attested) : Buffer.of()),
      });
      return credentialWith(clientData, {
        authenticatorData: encodeBase64url(data),
        attestationObject: encodeBase64url(attestationObjectWith(data)),
        publicKey: encodeBase64url(spki),
        publicKeyAlgorithm: algorithm,
        transports: ["internal", "hybrid"],
      });
    },

    get: (clientData, { rpId, flags, signCount, rest } = {}) => {
      const data = authenticatorData({
        rpId: rpId ?? RP_ID,
        flags: flags ?? UP | UV,
        signCount: signCount ?? 0,
        rest: rest ?? Buffer.of(),
      });
      const clientDataJson = Buffer.from(JSON.stringify(clientData));
      const signed = Buffer.concat([data, createHash("sha256").update(clientDataJson).digest()]);
      const signature = sign(algorithm === -8 ? null : "sha256", signed, privateKey);
      return credentialWith(clientData, {
        authenticatorData: encodeBase64url(data),
        signature: encodeBase64url(signature),
        ...(userId !== null && { userHandle: encodeBase64url(userHandleOf(userId)) }),
      });
    },
  };
}

export function toBytes(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

function generateKeys(algorithm: Algorithm): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  switch (algorithm) {
    case -8:
      return generateKeyPairSync("ed25519");
    case -7:
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case -257:
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
  }
}

function authenticatorData({ rpId, flags, signCount, rest }: Required<DataMembers>): Buffer {
  const rpIdHash = createHash("sha256").update(rpId).digest();
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(signCount);
  return Buffer.concat([rpIdHash, Buffer.of(flags), counter, rest]);
}

/** An attestation object without attestation, which only the oracle reads: `{fmt, attStmt, authData}` in CBOR. */
export function attestationObjectWith(data: Uint8Array): Buffer {
  const start = Buffer.from("a363666d74646e6f6e656761747453746d74a068617574684461746159", "hex");
  return Buffer.concat([start, uint16(data.length), data]);
}

/** A COSE key in CBOR (RFC 9052, section 7; RFC 9053, section 7; RFC 8230, section 4). */
function coseOf(algorithm: Algorithm, publicKey: KeyObject): Bytes {
  const { x = "", y = "", n = "" } = publicKey.export({ format: "jwk" });
  const hex = (text: string) => Buffer.from(text, "base64url").toString("hex");
  const cose = {
    [-8]: `a4010103272006215820${hex(x)}`,
    [-7]: `a5010203262001215820${hex(x)}225820${hex(y)}`,
    [-257]: `a401030339010020590100${hex(n)}2143010001`,
  };
  return toBytes(Buffer.from(cose[algorithm], "hex"));
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
