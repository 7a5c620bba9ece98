import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import type { Bytes } from "../../../src/auth/credentials/passkey/bytes.ts";
import type { Expectation } from "../../../src/auth/credentials/passkey/ceremony.ts";
import { readAssertion, readRegistration } from "../../../src/auth/credentials/passkey/read-credential.ts";
import {
  checkAssertion,
  type StoredPasskey,
  verifyAssertion,
} from "../../../src/auth/credentials/passkey/verify-assertion.ts";
import { verifyRegistration } from "../../../src/auth/credentials/passkey/verify-registration.ts";
import { type Authenticator, ORIGIN, RP_ID, USER_ID } from "./authenticator.ts";

export interface Expected {
  readonly challenge: string;
  readonly origins?: readonly string[];
  readonly rpId?: string;
}

/** A challenge of the form that `issueChallenge` gives. */
export const CHALLENGE = "Y2hhbGxlbmdl".repeat(4);

export function expectationOf({ challenge, origins = [ORIGIN], rpId = RP_ID }: Expected): Expectation {
  return {
    origins,
    rpId,
    checkChallenge: async (text) => (text === challenge ? { nonce: "00".repeat(16), expiresAt: 0 } : null),
  };
}

export function storedPasskey({ spki }: Pick<Authenticator, "spki">, algorithm: number): StoredPasskey {
  return { userId: USER_ID, publicKey: spki, algorithm, signCount: 0 };
}

/** "verified", "unreadable", or the reason of the refusal. */
export async function judgeAssertion(
  text: string,
  expected: Expected,
  passkey: StoredPasskey | null,
  userId: string | null = null,
): Promise<string> {
  const assertion = readAssertion(text);
  if (assertion === null) return "unreadable";
  const checked = await checkAssertion(assertion, expectationOf(expected));
  if (checked.outcome === "refused") return checked.reason;
  const verified = await verifyAssertion(checked, passkey, userId);
  return verified.outcome === "refused" ? verified.reason : verified.outcome;
}

/** "verified", "unreadable", or the reason of the refusal. */
export async function judgeRegistration(text: string, expected: Expected): Promise<string> {
  const registration = readRegistration(text);
  if (registration === null) return "unreadable";
  const verified = await verifyRegistration(registration, expectationOf(expected));
  return verified.outcome === "refused" ? verified.reason : verified.outcome;
}

/** Whether the oracle accepts an assertion. It throws most of its refusals. */
export async function oracleAcceptsAssertion(
  text: string,
  { challenge, origins = [ORIGIN], rpId = RP_ID }: Expected,
  cose: Bytes,
): Promise<boolean> {
  try {
    const response = JSON.parse(text);
    const { verified } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      credential: { id: response.id, publicKey: cose, counter: 0 },
    });
    return verified;
  } catch {
    return false;
  }
}

/** Whether the oracle accepts a registration. It reads the attestation object, where ours reads the other members. */
export async function oracleAcceptsRegistration(
  text: string,
  { challenge, origins = [ORIGIN], rpId = RP_ID }: Expected,
): Promise<boolean> {
  try {
    const { verified } = await verifyRegistrationResponse({
      response: JSON.parse(text),
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
    });
    return verified;
  } catch {
    return false;
  }
}
