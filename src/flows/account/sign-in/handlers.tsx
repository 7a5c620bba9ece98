import { turnOffTwoStep, turnOnTwoStep } from "../../../auth/operations/change-factors.ts";
import { provedAt } from "../../../auth/sessions/evidence.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import type { ConfirmableFactors } from "../../../forms/confirm-fields.tsx";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { record } from "../../../request/audit-log.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmOwner, confirmPress, type OwnerFactors, readOwnerFactors } from "../../../request/confirm-owner.ts";
import { isOwnerPresent } from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { VERIFY_COOKIE } from "../../../request/flow-cookies.ts";
import { passkeySignals } from "../../../request/passkeys.ts";
import { openSavedCodes, SAVED_CODES } from "../../../request/saved-codes.ts";
import { requireSecretKeys } from "../../../request/second-factors.ts";
import { announce } from "../../../request/send-notices.ts";
import { confirmSession, renewSession } from "../../../request/sign-in.ts";
import { deleteTrustedDevice, listTrustedDevices } from "../../../store/trusted-devices.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import {
  ForgetPage,
  isSignInNotice,
  isTwoStepNotice,
  type SignInMethods,
  SignInMethodsPage,
  TwoStepPage,
} from "./page.tsx";

const PATH = "/app/account/sign-in";
/** From there, the owner comes back to the form that turns the second step on. */
const RECOVERY_CODES = withReturnPath("/app/account/recovery-codes", "/app/account/two-step");

export async function readSignInMethods(context: Context, session: Session): Promise<SignInMethods> {
  const { account } = session;
  requireSecretKeys(context);
  const { services, now } = context;
  const [factors, trustedDevices] = await Promise.all([
    readOwnerFactors(context, session),
    listTrustedDevices(services.database, account.id, account.sessionEpoch, now),
  ]);
  return { factors, trustedDevices };
}

export function showSignInMethods(context: Context, { account }: Session, methods: SignInMethods): Response {
  const { locale, cookies } = context;
  const notice = cookies.takeNotice(isSignInNotice);
  const isCodeSent = cookies.get(VERIFY_COOKIE).secret !== null;
  const signals = passkeySignals(context, account, methods.factors.passkeys);
  return html(renderDocument(<SignInMethodsPage {...{ locale, account, isCodeSent, notice, signals, ...methods }} />));
}

/** Shows the form that turns the second step off, or on. Only the first always asks for the factors. */
export function showTwoStep(context: Context, session: Session, ownFactors: OwnerFactors): Response {
  const { locale, cookies, url } = context;
  const { account, evidence } = session;
  const state = ownFactors.twoStep ? "off" : "on";
  if (state === "on" && ownFactors.passkeys.length === 0) return redirectWith(context, "no-factor");
  const isProved = isOwnerPresent(context, session) && provedAt(evidence, "passkey") !== null;
  const factors = state === "off" ? ownFactors : isProved ? null : passkeyOnly(ownFactors);
  const notice = cookies.takeNotice(isTwoStepNotice);
  const codes = url.searchParams.get(SAVED_CODES) ?? "";
  return html(renderDocument(<TwoStepPage {...{ locale, account, state, factors, codes, notice }} />));
}

/** The passkey must work here before it is required, so the password does not confirm that. */
function passkeyOnly(factors: ConfirmableFactors): ConfirmableFactors {
  return { ...factors, hasPassword: false };
}

/** Shows the form again after a refusal. Null if there is no session. */
export async function showTwoStepAgain(context: Context, fields: FormFields, refusal: Refusal): Promise<Markup | null> {
  const session = await context.session.read();
  if (session === null) return null;
  const { account } = session;
  const ownFactors = await readOwnerFactors(context, session);
  const state = readState(fields);
  const factors = state === "off" ? ownFactors : passkeyOnly(ownFactors);
  const codes = fields.text(SAVED_CODES);
  return <TwoStepPage {...{ account, state, factors, codes, refusal }} locale={context.locale} />;
}

export async function submitTwoStep(context: Context, session: Session): Promise<Response> {
  requireSecretKeys(context);
  const fields = await context.form();
  return readState(fields) === "off" ? turnOff(context, session, fields) : turnOn(context, session, fields);
}

function readState(fields: FormFields): "on" | "off" {
  return fields.text("state") === "off" ? "off" : "on";
}

async function turnOn(context: Context, session: Session, fields: FormFields): Promise<Response> {
  const { account } = session;
  if (!account.emailVerified) return redirectWith(context, "verify-first");
  const press = await confirmPress(context, session, fields);
  if (press.outcome === "gone") return seeOther("/auth/signin");
  const codes = fields.text(SAVED_CODES);
  if (press.outcome === "asks" || provedAt(press.evidence, "passkey") === null) {
    const ownFactors = await readOwnerFactors(context, session);
    if (ownFactors.passkeys.length === 0) return redirectWith(context, "no-factor");
    const { errors, status } = press.outcome === "asks" ? press : { errors: {}, status: 200 };
    const factors = passkeyOnly(ownFactors);
    const page = <TwoStepPage {...{ account, factors, codes, errors }} state="on" locale={context.locale} />;
    return html(renderDocument(page), status);
  }
  const codesCreatedAt = await openSavedCodes(context, session, codes);
  const change = await turnOnTwoStep(context.services.users, account, codesCreatedAt, causeOf(context));
  switch (change.outcome) {
    case "unverified":
      return redirectWith(context, "verify-first");
    case "no-factor":
      return redirectWith(context, "no-factor");
    case "no-codes":
      return press.isNew ? confirmSession(context, session, press.evidence, RECOVERY_CODES) : seeOther(RECOVERY_CODES);
    case "stale":
      return showStale(context);
    case "changed": {
      for (const event of change.events) announce(context, event);
      // Devices that know the password only have no limit of their own for codes.
      context.devices.trustOnlyThisDevice(account.email, null);
      context.cookies.notify("two-step-on");
      return (await renewSession(context, change.account, press.evidence, PATH)) ?? seeOther("/auth/signin");
    }
  }
}

/** Asks for the factors again, however recently they were given. */
async function turnOff(context: Context, session: Session, fields: FormFields): Promise<Response> {
  const { account } = session;
  const owner = await confirmOwner(context, session, fields);
  if (owner.outcome === "gone") return seeOther("/auth/signin");
  if (owner.outcome === "refused") {
    const { errors, status } = owner;
    const factors = await readOwnerFactors(context, session);
    const page = <TwoStepPage {...{ account, factors, errors }} state="off" codes="" locale={context.locale} />;
    return html(renderDocument(page), status);
  }
  const change = await turnOffTwoStep(context.services.users, account, causeOf(context));
  if (change.outcome !== "changed") return showStale(context);
  for (const event of change.events) announce(context, event);
  context.cookies.notify("two-step-off");
  return (await renewSession(context, change.account, owner.evidence, PATH)) ?? seeOther("/auth/signin");
}

/** Forgets one remembered device, or all, and ends the sessions that rely on it. */
export async function submitForgetDevice(context: Context, session: Session): Promise<Response> {
  requireSecretKeys(context);
  const { services, now } = context;
  const { account } = session;
  const { id: userId } = account;
  const fields = await context.form();
  const device = fields.text("device");
  const press = await confirmPress(context, session, fields);
  if (press.outcome === "gone") return seeOther("/auth/signin");
  if (press.outcome === "asks") {
    const { factors, errors, status } = press;
    const page = <ForgetPage {...{ account, device, factors, errors }} locale={context.locale} />;
    return html(renderDocument(page), status);
  }
  const rows = await listTrustedDevices(services.database, userId, account.sessionEpoch, now);
  const isForgotten = (id: string | undefined) => id !== undefined && (device === "all" || id === device);
  const forgotten = rows.filter(({ id }) => isForgotten(id));
  await Promise.all(forgotten.map(({ id }) => deleteTrustedDevice(services.database, userId, id)));
  if (forgotten.length > 0) record(context, userId, "device-forgotten");
  // Not only those of the rows: an earlier attempt may have deleted a row and then failed to end its sessions. A sign-in
  // that has read a row before it was deleted looks again after it has started its session.
  const listed = await services.sessions.list(userId);
  const relying = listed.filter(({ evidence }) => evidence.some(({ deviceId }) => isForgotten(deviceId)));
  for (const { handle } of relying) {
    await services.sessions.endListed(userId, handle);
    record(context, userId, "session-ended", handle);
  }
  context.cookies.notify(device === "all" ? "devices-forgotten" : "device-forgotten");
  return press.isNew ? confirmSession(context, session, press.evidence, PATH) : seeOther(PATH);
}

/** A GET of a form that has no page of its own leads to the page of all methods. */
export function redirectToSignInMethods(): Response {
  return seeOther(PATH);
}

function redirectWith(context: Context, notice: string): Response {
  context.cookies.notify(notice);
  return seeOther(PATH);
}

function showStale(context: Context): Response {
  context.cookies.notify("stale");
  return seeOther("/auth/signin");
}
