import { emailKeyId } from "../auth/accounts/account-rows.ts";
import { parseRecoveryCode } from "../auth/credentials/recovery-codes.ts";
import { type Evidence, type Proof, prove, withProofs } from "../auth/sessions/evidence.ts";
import type { Session } from "../auth/sessions/session.ts";
import { hashSecret } from "../auth/tokens/secrets.ts";
import { type ConfirmableFactors, type ConfirmErrors, PASSWORD_ONLY } from "../forms/confirm-fields.tsx";
import { parseCode } from "../forms/mailed-code.ts";
import type { FormFields } from "../http/form-body.ts";
import { listKeys } from "../store/keys.ts";
import { formsAskForPassword, isOwnerPresent } from "./confirmation.ts";
import { checkConfirmationCode } from "./confirmation-code.ts";
import type { Context } from "./context.ts";
import { CONFIRM_COOKIE } from "./flow-cookies.ts";
import { limitConfirmation } from "./limits/factors.ts";
import { checkPasskey, passkeyRequest } from "./passkeys.ts";
import { checkPassword, type PasswordCheckOptions } from "./password-check.ts";
import { pathWithoutLanguage } from "./read-locale.ts";
import {
  checkRecoveryCode,
  checkTotp,
  type FactorCheck,
  isWrongCode,
  readSecondFactors,
  recordFailure,
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
  const hasPassword = keys.some((key) => key.id === emailKeyId(email) && key.hashed_password !== null);
  const isCodeSent = context.cookies.get(CONFIRM_COOKIE).secret !== null;
  return {
    ...factors,
    hasPassword,
    mailedCode:
      hasPassword || passkeys.length > 0 || twoStepAt !== null
        ? null
        : { page: pathWithoutLanguage(context.url), isSent: isCodeSent },
    twoStep: twoStepAt !== null,
    hasApp: factors.authenticator !== null,
    hasRecoveryCodes: factors.codesLeft > 0,
    passkeyOptions:
      passkeys.length === 0 || context.config.passkeys === null
        ? null
        : await passkeyRequest(context, { purpose: "confirm", subject: await hashSecret(sessionId) }, passkeys),
  };
}

/** The factors that a form asks for. Only accounts that may have others than the password cost a trip. */
export async function readFactorsToAsk(context: Context, session: Session): Promise<ConfirmableFactors> {
  return formsAskForPassword(session) ? PASSWORD_ONLY : readOwnerFactors(context, session);
}

export type Press =
  /** `isNew`: the form had a factor, so the session gets a new secret. */
  | { readonly outcome: "confirmed"; readonly evidence: Evidence; readonly isNew: boolean }
  /** A page asks for the factors and carries out the press. */
  | {
      readonly outcome: "asks";
      readonly factors: ConfirmableFactors;
      readonly errors: ConfirmErrors;
      readonly status: 200 | 401 | 422;
    }
  | { readonly outcome: "gone" };

/** The fields of `ConfirmForm`. A button in a list has none of them. */
const FACTOR_FIELDS = ["currentPassword", "code", "credential", "mailedCode"];

/**
 * Confirms the press of a button that recent factors allow: one by default, or what `isEnough` requires. A factor that was
 * sent is always checked, even if none is required. Throws HttpError 429 if too many attempts were made.
 */
export async function confirmPress(
  context: Context,
  session: Session,
  fields: FormFields,
  isEnough: (context: Context, session: Session) => boolean = isOwnerPresent,
): Promise<Press> {
  if (!FACTOR_FIELDS.some((name) => fields.has(name))) {
    return isEnough(context, session)
      ? { outcome: "confirmed", evidence: session.evidence, isNew: false }
      : { outcome: "asks", factors: await readFactorsToAsk(context, session), errors: {}, status: 200 };
  }
  const owner = await confirmOwner(context, session, fields);
  switch (owner.outcome) {
    case "confirmed":
      return { ...owner, isNew: true };
    case "refused":
      return { ...owner, outcome: "asks", factors: await readFactorsToAsk(context, session) };
    case "gone":
      return owner;
  }
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
  if (fields.has("mailedCode")) return confirmByMailedCode(context, session, fields);
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
  if (isWrongCode(problem)) recordFailure(context, account);
  return { outcome: "refused", errors: { code: problem }, status: problem === "code-malformed" ? 422 : 401 };
}

/** Only an account without any factor: a mailed code is no substitute for one. */
async function confirmByMailedCode(context: Context, session: Session, fields: FormFields): Promise<OwnerConfirmation> {
  const { mailedCode } = await readOwnerFactors(context, session);
  if (mailedCode === null) return { outcome: "refused", errors: { passkey: "passkey-missing" }, status: 422 };
  const form = parseCode(fields, "mailedCode");
  const problem = form.ok ? await checkConfirmationCode(context, session, form.code) : form.problem;
  if (problem === null) return confirmWith(session, [prove("no-factor", context.now), prove("email", context.now)]);
  return { outcome: "refused", errors: { mailedCode: problem }, status: form.ok ? 401 : 422 };
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
