import { emailKeyId } from "../auth/accounts/account-rows.ts";
import { parseRecoveryCode } from "../auth/credentials/recovery-codes.ts";
import { type Evidence, type Proof, withProofs } from "../auth/sessions/evidence.ts";
import type { Session } from "../auth/sessions/session.ts";
import { hashSecret } from "../auth/tokens/secrets.ts";
import type { ConfirmableFactors, ConfirmErrors } from "../forms/confirm-fields.tsx";
import type { FormFields } from "../http/form-body.ts";
import { listKeys } from "../store/keys.ts";
import type { Context } from "./context.ts";
import { limitConfirmation } from "./limits/factors.ts";
import { checkPasskey, passkeyRequest } from "./passkeys.ts";
import { checkPassword, type PasswordCheckOptions } from "./password-check.ts";
import {
  checkRecoveryCode,
  checkTotp,
  type FactorCheck,
  readSecondFactors,
  recordRecoveryCode,
  type SecondFactors,
} from "./second-factors.ts";

/** All factors of an account. */
export interface OwnerFactors extends SecondFactors, ConfirmableFactors {}

/** Reads the factors with which the owner of an account can confirm an action. One trip. */
export async function readOwnerFactors(
  context: Context,
  { account: { id, email, twoStepAt }, id: sessionId }: Session,
): Promise<OwnerFactors> {
  const { database } = context.services;
  const [keys, factors] = await Promise.all([listKeys(database, id), readSecondFactors(database, id)]);
  const { passkeys } = factors;
  return {
    ...factors,
    hasPassword: keys.some((key) => key.id === emailKeyId(email) && key.hashed_password !== null),
    twoStep: twoStepAt !== null,
    hasApp: factors.authenticator !== null,
    hasRecoveryCodes: factors.codesLeft > 0,
    passkeyOptions:
      passkeys.length === 0 || context.config.passkeys === null
        ? null
        : await passkeyRequest(context, { purpose: "confirm", subject: await hashSecret(sessionId) }, passkeys),
  };
}

export type OwnerConfirmation =
  | { readonly outcome: "confirmed"; readonly evidence: Evidence }
  | { readonly outcome: "refused"; readonly errors: ConfirmErrors; readonly status: 401 | 422 }
  /** The account was deleted, or no longer has this email, since the session was read. */
  | { readonly outcome: "gone" };

/**
 * Confirms with the fields of `ConfirmFields`, or with a passkey, that the form comes from the owner of the account, at
 * the level of the account. Earlier proofs do not count. Throws HttpError 429 if too many attempts were made.
 */
export async function confirmOwner(
  context: Context,
  session: Session,
  fields: FormFields,
  options: Pick<PasswordCheckOptions, "callerRefunds"> = {},
): Promise<OwnerConfirmation> {
  const { account } = session;
  const twoStep = account.twoStepAt !== null;
  const password = fields.text("currentPassword");
  const code = fields.text("code");
  const credential = fields.text("credential");
  if (credential !== "") {
    const ceremony = { purpose: "confirm", subject: await hashSecret(session.id) } as const;
    const check = await checkPasskey(context, credential, ceremony, account.id);
    if (check.outcome === "proved") return confirmWith(session, [check.proof]);
    return { outcome: "refused", errors: { passkey: "passkey-refused" }, status: 401 };
  }
  if (password === "" && !fields.has("currentPassword")) {
    return { outcome: "refused", errors: { passkey: "passkey-missing" }, status: 422 };
  }
  const missing: ConfirmErrors = {
    currentPassword: password === "" ? "current-password-missing" : undefined,
    code: twoStep && code.trim() === "" ? "code-missing" : undefined,
  };
  if (missing.currentPassword !== undefined || missing.code !== undefined) {
    return { outcome: "refused", errors: missing, status: 422 };
  }
  const authentication = await checkPassword(context, account.email, password, options);
  const isRight = authentication.outcome === "authenticated";
  if ((isRight ? authentication.account.id : authentication.userId) !== account.id) return { outcome: "gone" };
  if (!isRight) {
    return { outcome: "refused", errors: { currentPassword: "current-password-wrong" }, status: 401 };
  }
  if (!twoStep) return confirmWith(session, [authentication.proof]);
  const check = await checkCode(context, session, code);
  if (check.outcome === "proved") return confirmWith(session, [check.proof, authentication.proof]);
  const { problem } = check;
  return { outcome: "refused", errors: { code: problem }, status: problem === "code-malformed" ? 422 : 401 };
}

async function checkCode(context: Context, session: Session, code: string): Promise<FactorCheck> {
  const { secretKeys } = context.config;
  const { account } = session;
  if (parseRecoveryCode(code) === null && secretKeys !== null) {
    return checkTotp(context, secretKeys, account.id, code, () => limitConfirmation(context, session));
  }
  const check = await checkRecoveryCode(context, account.id, code);
  if (check.outcome === "proved") recordRecoveryCode(context, account);
  return check;
}

function confirmWith({ evidence }: Session, proofs: readonly Proof[]): OwnerConfirmation {
  return { outcome: "confirmed", evidence: withProofs(evidence, proofs) };
}
