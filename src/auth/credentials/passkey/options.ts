import { ALGORITHMS } from "./signature.ts";

/** Longer than anyone needs for a security key in a drawer. The browser may choose another time. */
const TIMEOUT_MILLISECONDS = 300_000;

/** A passkey that an account has, or may use. */
export interface KnownCredential {
  /** In base64url. */
  readonly id: string;
  readonly transports: readonly string[];
}

/**
 * The options of a sign-in (PublicKeyCredentialRequestOptionsJSON, https://www.w3.org/TR/webauthn-3/#sctn-parseRequestOptionsFromJSON).
 * `allowed` is empty unless the account is known by its password or session, so that the page never tells which passkeys
 * an email has.
 */
export function requestOptions(relyingPartyId: string, challenge: string, allowed: readonly KnownCredential[]) {
  return {
    challenge,
    rpId: relyingPartyId,
    userVerification: "required",
    timeout: TIMEOUT_MILLISECONDS,
    ...(allowed.length > 0 && { allowCredentials: allowed.map(describe) }),
  };
}

/** The user handle of an account: its id, which says nothing about its owner. In base64url. */
export function userHandleOf(userId: string): string {
  return Buffer.from(userId).toString("base64url");
}

/** The options of a new passkey (PublicKeyCredentialCreationOptionsJSON). */
export function createOptions(
  relyingPartyId: string,
  relyingPartyName: string,
  challenge: string,
  user: { readonly id: string; readonly name: string },
  existing: readonly KnownCredential[],
) {
  return {
    challenge,
    rp: { id: relyingPartyId, name: relyingPartyName },
    user: { id: userHandleOf(user.id), name: user.name, displayName: user.name },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
    excludeCredentials: existing.map(describe),
    timeout: TIMEOUT_MILLISECONDS,
  };
}

function describe({ id, transports }: KnownCredential) {
  return { type: "public-key", id, transports };
}
