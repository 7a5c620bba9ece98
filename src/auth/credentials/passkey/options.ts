import { type Bytes, encodeBase64url } from "./bytes.ts";
import { userHandleOf } from "./ceremony.ts";
import type { Transport } from "./read-credential.ts";
import { ALGORITHMS } from "./signature.ts";

/** How long the browser waits. WebAuthn Level 3, section 15.1, recommends 300 seconds where a person is verified. */
const TIMEOUT_MILLISECONDS = 300_000;

/** A passkey as browsers are told of it. */
export interface PasskeyReference {
  readonly credentialId: Bytes;
  readonly transports: readonly Transport[];
}

export interface CreationRequest {
  readonly rpId: string;
  /** The name of the service, which some authenticators show. */
  readonly rpName: string;
  readonly userId: string;
  /** The name under which authenticators list the passkey. */
  readonly email: string;
  /** As `issueChallenge` returns it. */
  readonly challenge: string;
  /** All passkeys of the account, because no authenticator should hold two. */
  readonly existing: readonly PasskeyReference[];
}

/** Options for `PublicKeyCredential.parseCreationOptionsFromJSON`. The page that embeds them must escape them. */
export function creationOptions({ rpId, rpName, userId, email, challenge, existing }: CreationRequest) {
  return {
    rp: { id: rpId, name: rpName },
    user: { id: encodeBase64url(userHandleOf(userId)), name: email, displayName: email },
    challenge,
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg }) as const),
    timeout: TIMEOUT_MILLISECONDS,
    excludeCredentials: existing.map(describe),
    // Browsers of Level 1 know only `requireResidentKey`.
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
  } as const;
}

/**
 * Options for `PublicKeyCredential.parseRequestOptionsFromJSON`. `allowed` are the passkeys of the account that has to
 * answer, at least one, because browsers take an empty list for none; null if any account may. They are never chosen by an email that a visitor typed, because they would reveal
 * whether the email has an account.
 */
export function requestOptions(rpId: string, challenge: string, allowed: readonly PasskeyReference[] | null) {
  return {
    rpId,
    challenge,
    timeout: TIMEOUT_MILLISECONDS,
    userVerification: "required",
    ...(allowed && { allowCredentials: allowed.map(describe) }),
  } as const;
}

function describe({ credentialId, transports }: PasskeyReference) {
  return { type: "public-key", id: encodeBase64url(credentialId), transports: [...transports] } as const;
}
