import { type AuthenticatorData, readAuthenticatorData } from "./authenticator-data.ts";
import { areEqual, type Bytes, sha256 } from "./bytes.ts";
import type { IssuedChallenge } from "./challenge.ts";
import { readClientData } from "./client-data.ts";
import type { Assertion, Registration } from "./read-credential.ts";

/** What both ceremonies have to match. */
export interface Expectation {
  /** Those that may show our pages, such as `https://accounts.example.com`. */
  readonly origins: readonly string[];
  /** The domain that passkeys belong to. */
  readonly rpId: string;
  /** The valid challenge that the text is; null if there is none (`checkChallenge`). */
  readonly checkChallenge: (text: string) => Promise<IssuedChallenge | null>;
}

/** Why either is refused, for the log. */
export type CeremonyReason =
  | "malformed"
  | "type"
  | "origin"
  | "cross-origin"
  | "challenge"
  | "rp-id"
  | "user-presence"
  | "user-verification"
  | "backup-state";

export interface Refused<Reason> {
  readonly outcome: "refused";
  readonly reason: Reason;
}

/** An answer that passed the checks of both ceremonies. */
export interface CheckedCeremony {
  readonly outcome: "checked";
  /** To be marked as used. */
  readonly challenge: IssuedChallenge;
  readonly authenticatorData: AuthenticatorData;
}

/** The checks of both ceremonies. Their order is that of the log's reasons: the first one that fails is named. */
export async function checkCeremony(
  type: "webauthn.create" | "webauthn.get",
  { clientDataJson, authenticatorData: bytes }: Assertion | Registration,
  { origins, rpId, checkChallenge }: Expectation,
): Promise<CheckedCeremony | Refused<CeremonyReason>> {
  const clientData = readClientData(clientDataJson);
  const authenticatorData = readAuthenticatorData(bytes);
  if (clientData === null || authenticatorData === null) return refuse("malformed");
  if (clientData.type !== type) return refuse("type");
  if (!origins.includes(clientData.origin)) return refuse("origin");
  if (clientData.isCrossOrigin) return refuse("cross-origin");
  const challenge = await checkChallenge(clientData.challenge);
  if (challenge === null) return refuse("challenge");

  const { rpIdHash, isUserPresent, isUserVerified, isBackupEligible, isBackedUp } = authenticatorData;
  if (!areEqual(rpIdHash, await sha256(new TextEncoder().encode(rpId)))) return refuse("rp-id");
  if (!isUserPresent) return refuse("user-presence");
  if (!isUserVerified) return refuse("user-verification");
  if (isBackedUp && !isBackupEligible) return refuse("backup-state");
  return { outcome: "checked", challenge, authenticatorData };
}

export function refuse<Reason>(reason: Reason): Refused<Reason> {
  return { outcome: "refused", reason };
}

/** The `user.id` of an account's passkeys: its id, which is random and says nothing about the person. */
export function userHandleOf(userId: string): Bytes {
  return new TextEncoder().encode(userId);
}
