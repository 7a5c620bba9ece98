import type { Account } from "../../../auth/accounts/account.ts";
import {
  encodeTotpSecret,
  generateTotpSecret,
  matchingStep,
  otpauthUri,
  readTotpCode,
} from "../../../auth/credentials/totp.ts";
import { addAuthenticator, removeAuthenticator } from "../../../auth/operations/change-factors.ts";
import { openField, seal, sealField } from "../../../auth/secret-keys.ts";
import { prove, withProof } from "../../../auth/sessions/evidence.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import { brand } from "../../../brand.ts";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmOwner, type OwnerFactors, readOwnerFactors } from "../../../request/confirm-owner.ts";
import { confirmPath, isOwnerConfirmed } from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { limitConfirmation } from "../../../request/limits/factors.ts";
import { firstPasskeyPath } from "../../../request/passkeys.ts";
import { openSavedCodes, SAVED_CODES } from "../../../request/saved-codes.ts";
import { requireSecretKeys, totpBinding } from "../../../request/second-factors.ts";
import { announce } from "../../../request/send-notices.ts";
import { renewSession } from "../../../request/sign-in.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import { AuthenticatorPage, isAuthenticatorNotice, SetUpPage, type SetUpPageProps } from "./page.tsx";

const PATH = "/app/account/authenticator";
const RECOVERY_CODES = "/app/account/recovery-codes";
const HOME = "/app/account/sign-in";
const PURPOSE = "authenticator";
const SEALED_MILLISECONDS = 60 * 60 * 1_000;

/**
 * Shows the app of the account, or sets one up. Recovery codes come first, and the email must be verified, so that its
 * owner cannot be locked out.
 */
export async function showAuthenticator(context: Context, session: Session, factors: OwnerFactors): Promise<Response> {
  const { locale } = context;
  const { account } = session;
  const { authenticator } = factors;
  if (authenticator !== null) {
    return html(renderDocument(<AuthenticatorPage {...{ locale, account, authenticator, factors }} />));
  }
  const codes = context.url.searchParams.get(SAVED_CODES) ?? "";
  const codesCreatedAt = await openSavedCodes(context, session, codes);
  const elsewhere = redirectBeforeSetUp(context, session, factors, codesCreatedAt);
  return elsewhere ?? showSetUp(context, account, codes, generateTotpSecret(), 200);
}

export async function submitAuthenticator(context: Context, session: Session): Promise<Response> {
  const keys = requireSecretKeys(context);
  const { account } = session;
  const { services, now } = context;
  const fields = await context.form();
  const factors = await readOwnerFactors(context, session);
  const codes = fields.text(SAVED_CODES);
  const codesCreatedAt = await openSavedCodes(context, session, codes);
  // The page after the confirmation says that it took too long: the seal of the codes belongs to the former session.
  if (account.twoStepAt === null && !isOwnerConfirmed(context, session)) {
    return seeOther(confirmPath(`${RECOVERY_CODES}?late`));
  }
  const elsewhere = redirectBeforeSetUp(context, session, factors, codesCreatedAt);
  if (elsewhere !== null || factors.authenticator !== null) return elsewhere ?? seeOther(PATH);

  const binding = { purpose: PURPOSE, subject: account.id };
  const opened = await openField<string>(keys, binding, fields.text("sealed"), now);
  if (opened === null) return showSetUp(context, account, codes, generateTotpSecret(), 422, "expired");
  const secret = new Uint8Array(Buffer.from(opened, "base64url"));
  const reading = readTotpCode(fields.text("code"));
  if (!reading.ok) return showSetUp(context, account, codes, secret, 422, reading.problem);
  await limitConfirmation(context, session);
  const step = await matchingStep(secret, reading.code, now);
  if (step === null) return showSetUp(context, account, codes, secret, 401, "code-wrong");

  const sealed = await seal(keys, "totp", totpBinding(account.id), secret);
  const app = { secret: sealed, step };
  const change = await addAuthenticator(services.users, account, app, codesCreatedAt, causeOf(context));
  switch (change.outcome) {
    case "changed": {
      for (const event of change.events) announce(context, event);
      // Devices that know the password only have no limit of their own for codes.
      if (account.twoStepAt === null) context.devices.trustOnlyThisDevice(account.email, null);
      context.cookies.notify("authenticator-added");
      const evidence = withProof(session.evidence, prove("totp", now));
      return (await renewSession(context, change.account, evidence, HOME)) ?? seeOther("/auth/signin");
    }
    case "stale":
      context.cookies.notify("stale");
      return seeOther("/auth/signin");
    case "no-codes":
      return seeOther(RECOVERY_CODES);
    case "duplicate":
    case "unverified":
      return seeOther(PATH);
  }
}

/** Asks for the factors again, because the last second factor may be removed. */
export async function submitRemoveAuthenticator(context: Context, session: Session): Promise<Response> {
  requireSecretKeys(context);
  const { account } = session;
  const owner = await confirmOwner(context, session, await context.form());
  if (owner.outcome === "gone") return seeOther("/auth/signin");
  if (owner.outcome === "refused") {
    const page = await renderAuthenticator(context, session, { errors: owner.errors });
    return page === null ? seeOther(HOME) : html(renderDocument(page), owner.status);
  }
  const change = await removeAuthenticator(context.services.users, account, causeOf(context));
  if (change.outcome === "gone") return seeOther(HOME);
  if (change.outcome !== "changed") {
    context.cookies.notify("stale");
    return seeOther("/auth/signin");
  }
  for (const event of change.events) announce(context, event);
  context.cookies.notify("authenticator-removed");
  return (await renewSession(context, change.account, owner.evidence, HOME)) ?? seeOther("/auth/signin");
}

/** A GET of the form that removes the app leads to its page. */
export function redirectToAuthenticator(): Response {
  return seeOther(PATH);
}

/** Shows the form that removes the app again after a refusal. Null if there is no session or no app. */
export async function showRemoveAgain(context: Context, _fields: FormFields, refusal: Refusal): Promise<Markup | null> {
  const session = await context.session.read();
  return session && renderAuthenticator(context, session, { refusal });
}

function redirectBeforeSetUp(
  context: Context,
  session: Session,
  factors: OwnerFactors,
  codesCreatedAt: number | null,
): Response | null {
  if (!session.account.emailVerified) {
    context.cookies.notify("verify-first");
    return seeOther(HOME);
  }
  if (!isOwnerConfirmed(context, session)) return seeOther(confirmPath(PATH));
  // An app completes a sign-in and begins none.
  if (!factors.hasPassword && factors.passkeys.length === 0) return seeOther(firstPasskeyPath(null));
  const hasCodes = factors.twoStep ? factors.hasRecoveryCodes : codesCreatedAt !== null;
  return hasCodes ? null : seeOther(RECOVERY_CODES);
}

async function renderAuthenticator(
  context: Context,
  session: Session,
  again: Pick<Parameters<typeof AuthenticatorPage>[0], "errors" | "refusal">,
): Promise<Markup | null> {
  const factors = await readOwnerFactors(context, session);
  const { authenticator } = factors;
  const { locale } = context;
  const { account } = session;
  return authenticator && <AuthenticatorPage {...{ locale, account, authenticator, factors, ...again }} />;
}

async function showSetUp(
  context: Context,
  account: Account,
  codes: string,
  secret: Uint8Array<ArrayBuffer>,
  status: 200 | 401 | 422,
  problem?: SetUpPageProps["problem"],
): Promise<Response> {
  const { locale, now, cookies } = context;
  const expiresAt = now + SEALED_MILLISECONDS;
  const binding = { purpose: PURPOSE, subject: account.id, expiresAt };
  const sealed = await sealField(requireSecretKeys(context), binding, Buffer.from(secret).toString("base64url"));
  const page = (
    <SetUpPage
      {...{ locale, account, codes, sealed, problem }}
      notice={cookies.takeNotice(isAuthenticatorNotice)}
      uri={otpauthUri(brand.name, account.email, secret)}
      secret={encodeTotpSecret(secret)}
    />
  );
  return html(renderDocument(page), status);
}
