import { areEqual, type Bytes, sha256 } from "./bytes.ts";
import {
  type CeremonyReason,
  type CheckedCeremony,
  checkCeremony,
  type Expectation,
  type Refused,
  refuse,
  userHandleOf,
} from "./ceremony.ts";
import type { Assertion } from "./read-credential.ts";
import { isAlgorithm, verifySignature } from "./signature.ts";

/** Why an assertion is refused, for the log. `wrong-user`: the passkey belongs to another account. */
export type AssertionReason = CeremonyReason | "unknown-credential" | "wrong-user" | "user-handle" | "signature";

/** An assertion of which everything is verified that needs no store. */
export interface CheckedAssertion extends CheckedCeremony {
  readonly assertion: Assertion;
}

/** The stored half of a passkey. */
export interface StoredPasskey {
  readonly userId: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
  readonly algorithm: number;
  readonly signCount: number;
}

export interface VerifiedAssertion {
  readonly outcome: "verified";
  readonly userId: string;
  /** To be stored. */
  readonly signCount: number;
  /**
   * Whether the counter did not rise, although one of both is not zero. A copy of the passkey may exist, or answers
   * came out of order, so this is logged and never refused.
   */
  readonly isCounterStale: boolean;
  /** To be stored. */
  readonly isBackupEligible: boolean;
  /** To be stored. */
  readonly isBackedUp: boolean;
}

/** The first half of WebAuthn Level 3, section 7.2: everything that can be verified before a store is called. */
export async function checkAssertion(
  assertion: Assertion,
  expectation: Expectation,
): Promise<CheckedAssertion | Refused<AssertionReason>> {
  const ceremony = await checkCeremony("webauthn.get", assertion, expectation);
  return ceremony.outcome === "refused" ? ceremony : { ...ceremony, assertion };
}

/**
 * The second half, with the passkey of the assertion's `credentialId`; null if there is none. `userId` is the account
 * that must own it; null if the assertion has to say which one it is.
 */
export async function verifyAssertion(
  { assertion, authenticatorData }: CheckedAssertion,
  passkey: StoredPasskey | null,
  userId: string | null,
): Promise<VerifiedAssertion | Refused<AssertionReason>> {
  if (passkey === null) return refuse("unknown-credential");
  if (userId !== null && passkey.userId !== userId) return refuse("wrong-user");
  const { userHandle } = assertion;
  const isHandleRight = userHandle === null ? userId !== null : areEqual(userHandle, userHandleOf(passkey.userId));
  if (!isHandleRight) return refuse("user-handle");
  if (!(await isSignedBy(passkey, assertion))) return refuse("signature");

  const { signCount, isBackupEligible, isBackedUp } = authenticatorData;
  const isCounterStale = Math.max(signCount, passkey.signCount) > 0 && signCount <= passkey.signCount;
  return { outcome: "verified", userId: passkey.userId, signCount, isCounterStale, isBackupEligible, isBackedUp };
}

/** The authenticator signs its data and the hash of the client data: WebAuthn Level 3, section 6.3.3. */
async function isSignedBy({ algorithm, publicKey }: StoredPasskey, assertion: Assertion): Promise<boolean> {
  const { authenticatorData, clientDataJson, signature } = assertion;
  const signed = new Uint8Array(Buffer.concat([authenticatorData, await sha256(clientDataJson)]));
  return isAlgorithm(algorithm) && (await verifySignature(algorithm, publicKey, signature, signed));
}
