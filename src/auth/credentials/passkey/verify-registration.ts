import { areEqual, type Bytes } from "./bytes.ts";
import { type CeremonyReason, checkCeremony, type Expectation, type Refused, refuse } from "./ceremony.ts";
import type { IssuedChallenge } from "./challenge.ts";
import type { Registration, Transport } from "./read-credential.ts";
import { type Algorithm, importPublicKey, isAlgorithm } from "./signature.ts";

/** Why a registration is refused, for the log. */
export type RegistrationReason = CeremonyReason | "no-credential" | "credential-id" | "algorithm" | "public-key";

export interface VerifiedRegistration {
  readonly outcome: "verified";
  /** To be marked as used. */
  readonly challenge: IssuedChallenge;
  readonly credentialId: Bytes;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
  readonly algorithm: Algorithm;
  readonly signCount: number;
  readonly transports: readonly Transport[];
  /** The model of the authenticator, as a UUID in lower case. Zeros if it does not say. */
  readonly aaguid: string;
  readonly isBackupEligible: boolean;
  readonly isBackedUp: boolean;
}

/** Verifies a new passkey: WebAuthn Level 3, section 7.1, without attestation. */
export async function verifyRegistration(
  registration: Registration,
  expectation: Expectation,
): Promise<VerifiedRegistration | Refused<RegistrationReason>> {
  const ceremony = await checkCeremony("webauthn.create", registration, expectation);
  if (ceremony.outcome === "refused") return ceremony;
  const { challenge, authenticatorData } = ceremony;
  const { attested, signCount, isBackupEligible, isBackedUp } = authenticatorData;
  const { credentialId, publicKey, algorithm, transports } = registration;

  if (attested === null) return refuse("no-credential");
  if (!areEqual(attested.credentialId, credentialId)) return refuse("credential-id");
  if (!isAlgorithm(algorithm)) return refuse("algorithm");
  if ((await importPublicKey(algorithm, publicKey)) === null) return refuse("public-key");

  const { aaguid } = attested;
  const passkey = { credentialId, publicKey, algorithm, signCount, transports, aaguid, isBackupEligible, isBackedUp };
  return { outcome: "verified", challenge, ...passkey };
}
