import type { Account } from "../auth/accounts/account.ts";
import { accountOf } from "../auth/accounts/account.ts";
import {
  type ChallengePurpose,
  checkChallenge,
  type IssuedChallenge,
  issueChallenge,
} from "../auth/credentials/passkey/challenge.ts";
import { passkeyKeyId } from "../auth/credentials/passkey/key-id.ts";
import { createOptions, requestOptions, userHandleOf } from "../auth/credentials/passkey/options.ts";
import { readAssertion, readRegistration } from "../auth/credentials/passkey/read-credential.ts";
import {
  checkAssertion,
  type NewPasskey,
  type Refusal,
  type RelyingParty,
  verifyAssertion,
  verifyRegistration,
} from "../auth/credentials/passkey/verify.ts";
import { challengeKey, challengeKeys, type SecretKeys } from "../auth/secret-keys.ts";
import { type Proof, prove } from "../auth/sessions/evidence.ts";
import { HttpError } from "../http/refusals.ts";
import { withReturnPath } from "../http/return-path.ts";
import { useOnce } from "../store/counters.ts";
import { findPasskeyAndUser, notePasskeyUse } from "../store/passkeys.ts";
import type { PasskeyRow } from "../store/schema.ts";
import type { Signals } from "../views/passkey-signals.tsx";
import type { Context } from "./context.ts";
import { limitByIp } from "./limits/ip.ts";

const CHALLENGE_MILLISECONDS = 10 * 60 * 1_000;
/** The sign-in page waits for autofill as long as it is open. */
const SIGN_IN_CHALLENGE_MILLISECONDS = 60 * 60 * 1_000;

interface Passkeys {
  readonly relyingParty: RelyingParty;
  readonly keys: SecretKeys;
}

/** The settings of passkeys. Throws HttpError 404 if they are turned off. */
export function requirePasskeys({ config }: Pick<Context, "config">): Passkeys {
  const { passkeys, secretKeys } = config;
  if (passkeys === null || secretKeys === null) throw new HttpError("no-such-page");
  return { relyingParty: passkeys, keys: secretKeys };
}

/** The challenge of a ceremony. `subject`: the sign-in or session that it belongs to, or empty. */
export interface Ceremony {
  readonly purpose: ChallengePurpose;
  readonly subject: string;
}

/** A sign-in of which nothing is known yet. */
export const SIGN_IN_CEREMONY: Ceremony = { purpose: "signin", subject: "" };

/** The options of `navigator.credentials.get` as JSON, with a new challenge. `allowed`: the passkeys of a known account. */
export async function passkeyRequest(
  context: Context,
  { purpose, subject }: Ceremony,
  allowed: readonly PasskeyRow[] = [],
): Promise<string> {
  const { relyingParty, keys } = requirePasskeys(context);
  const lifetime = purpose === "signin" ? SIGN_IN_CHALLENGE_MILLISECONDS : CHALLENGE_MILLISECONDS;
  const challenge = await issueChallenge(await challengeKey(keys), purpose, subject, context.now + lifetime);
  return JSON.stringify(requestOptions(relyingParty.id, challenge, allowed.map(describeRow)));
}

/** The options of a sign-in with a passkey as JSON; null if passkeys are turned off. Calls no store. */
export async function signInWithPasskey(context: Context): Promise<string | null> {
  return context.config.passkeys && passkeyRequest(context, SIGN_IN_CEREMONY);
}

/** The options of `navigator.credentials.create` as JSON, with a new challenge. `existing`: the passkeys of the account. */
export async function passkeyCreation(
  context: Context,
  { serviceName, subject }: { readonly serviceName: string; readonly subject: string },
  { id: userId, email }: Account,
  existing: readonly PasskeyRow[],
): Promise<string> {
  const { relyingParty, keys } = requirePasskeys(context);
  const expiresAt = context.now + CHALLENGE_MILLISECONDS;
  const challenge = await issueChallenge(await challengeKey(keys), "register", subject, expiresAt);
  const user = { id: userId, name: email };
  return JSON.stringify(createOptions(relyingParty.id, serviceName, challenge, user, existing.map(describeRow)));
}

function describeRow({ credential_id: id, transports }: PasskeyRow) {
  return { id, transports: transports === "" ? [] : transports.split(",") };
}

/** Where an account that was created without a password gets its first passkey. That page then leads to `returnPath`. */
export function firstPasskeyPath(returnPath: string | null): string {
  return withReturnPath("/app/account/passkeys/new", returnPath);
}

/** Tells password managers which passkeys an account has, and its email. */
export function passkeySignals(
  { config }: Pick<Context, "config">,
  { id, email }: Account,
  passkeys: readonly PasskeyRow[],
): Signals {
  const { relyingParty } = requirePasskeys({ config });
  const of = { rpId: relyingParty.id, userId: userHandleOf(id) };
  return {
    signalAllAcceptedCredentials: { ...of, allAcceptedCredentialIds: passkeys.map((row) => row.credential_id) },
    signalCurrentUserDetails: { ...of, name: email, displayName: email },
  };
}

export type PasskeyCheck =
  | { readonly outcome: "proved"; readonly proof: Proof; readonly account: Account }
  /** `unknown`: nothing but the passkey was wrong, and MySQL has no row of it. */
  | { readonly outcome: "refused"; readonly reason: Refusal | "used" | "unknown"; readonly signals?: Signals };

/**
 * Checks an assertion. `userId`: the account of a sign-in that has begun or of a session; null if the account is not known yet.
 * Counts the form by ip and uses the challenge in the same trip that reads the passkey. Throws HttpError 429 if the limit
 * is reached. Logs why it was refused; pages do not tell.
 */
export async function checkPasskey(
  context: Context,
  credential: string,
  ceremony: Ceremony,
  userId: string | null,
): Promise<PasskeyCheck> {
  const check = await findAndVerify(context, credential, ceremony, userId);
  if (check.outcome === "refused") context.log("passkey-refused", { reason: check.reason, userId });
  return check;
}

async function findAndVerify(
  context: Context,
  credential: string,
  { purpose, subject }: Ceremony,
  userId: string | null,
): Promise<PasskeyCheck> {
  const { relyingParty, keys } = requirePasskeys(context);
  const { services, now, log } = context;
  const response = readAssertion(credential);
  if (response === null) {
    await limitByIp(context);
    return { outcome: "refused", reason: "malformed" };
  }
  const ownKeys = await challengeKeys(keys);
  let issued: IssuedChallenge | null = null;
  const checked = await checkAssertion(response, relyingParty, async (challenge) => {
    issued = await checkChallenge(ownKeys, challenge, purpose, subject, now);
    return issued !== null;
  });
  if (typeof checked === "string") {
    await limitByIp(context);
    return { outcome: "refused", reason: checked };
  }
  const id = await passkeyKeyId(response.credentialId);
  const [isFirstUse, found] = await Promise.all([
    useChallenge(context, issued),
    findPasskeyAndUser(services.database, id),
    limitByIp(context),
  ]);
  if (!isFirstUse) return { outcome: "refused", reason: "used" };
  if (found === null) {
    const credentialId = Buffer.from(response.credentialId).toString("base64url");
    const signals = { signalUnknownCredential: { rpId: relyingParty.id, credentialId } };
    return { outcome: "refused", reason: "unknown", signals };
  }
  const { passkey, user } = found;
  if (userId !== null && user.id !== userId) return { outcome: "refused", reason: "wrong-user" };
  const stored = {
    userId: user.id,
    publicKey: new Uint8Array(Buffer.from(passkey.public_key, "base64url")),
    algorithm: passkey.algorithm,
  };
  const refusal = await verifyAssertion(checked, stored, userId !== null);
  if (refusal !== null) return { outcome: "refused", reason: refusal };
  const { signCount, backedUp } = checked.data;
  // A counter that does not rise may mean a copied key, but synced passkeys do not count at all.
  if (Math.max(signCount, passkey.sign_count) > 0 && signCount <= passkey.sign_count) {
    log("passkey-counter", { userId: user.id });
  }
  context.defer(() => notePasskeyUse(services.database, id, signCount, backedUp, now));
  return { outcome: "proved", proof: prove("passkey", now), account: accountOf(user) };
}

export type RegistrationCheck =
  | { readonly outcome: "verified"; readonly passkey: NewPasskey }
  | { readonly outcome: "refused"; readonly reason: Refusal | "used" };

/** Checks a registration in the session `subject`. Logs why it was refused. */
export async function checkRegistration(
  context: Context,
  credential: string,
  subject: string,
): Promise<RegistrationCheck> {
  const { relyingParty, keys } = requirePasskeys(context);
  const ownKeys = await challengeKeys(keys);
  const response = readRegistration(credential);
  let issued: IssuedChallenge | null = null;
  const result =
    response === null
      ? "malformed"
      : await verifyRegistration(response, relyingParty, async (challenge) => {
          issued = await checkChallenge(ownKeys, challenge, "register", subject, context.now);
          return issued !== null;
        });
  const reason = typeof result === "string" ? result : (await useChallenge(context, issued)) ? null : "used";
  if (reason !== null) context.log("passkey-refused", { reason });
  return typeof result === "string" || reason !== null
    ? { outcome: "refused", reason: reason ?? "malformed" }
    : { outcome: "verified", passkey: result };
}

/** Uses a challenge. False if it was used before. */
async function useChallenge({ services }: Context, issued: IssuedChallenge | null): Promise<boolean> {
  return issued !== null && useOnce(services.redis, `challenge:${issued.nonce}`, issued.expiresAt);
}
