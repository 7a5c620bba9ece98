import type { Account } from "../auth/accounts/account.ts";
import { changeLanguage } from "../auth/operations/change-language.ts";
import { type Evidence, withProof } from "../auth/sessions/evidence.ts";
import type { Session } from "../auth/sessions/session.ts";
import { seeOther } from "../http/responses.ts";
import { withReturnPath } from "../http/return-path.ts";
import { findTrustedDevice } from "../store/trusted-devices.ts";
import { StoreUnavailable } from "../store/upstream.ts";
import { HOME_PATH } from "./access.ts";
import { record } from "./audit-log.ts";
import type { Context } from "./context.ts";
import { describeError } from "./log.ts";
import { requestVerification } from "./request-verification.ts";
import { startSecondStep } from "./second-step.ts";
import { recordAndNotify } from "./send-notices.ts";
import { nextStep } from "./sign-in-steps.ts";
import { findTrustedBrowser } from "./trusted-devices.ts";

export interface SignIn {
  /** The account at the time of the authentication, or after a change that requires a new session. */
  readonly account: Account;
  readonly evidence: Evidence;
  /**
   * The event for the audit log. Null after a change that ended every session, because the change has its own event.
   */
  readonly event: "signed-in" | "signed-up" | null;
  /**
   * Whether the password was entered on a device that was not a known device of the account, so that the owner is
   * notified. False for a sign-in by an email message, which only a reader of the mailbox can complete.
   */
  readonly isNewDevice: boolean;
  /** The path to redirect to once no step is left. Null redirects to the home page. */
  readonly returnPath: string | null;
}

/**
 * Starts a session, or redirects to the next step of the sign-in. Throws
 * StoreUnavailable, and HttpError 429 if the step sends a message and the limit on messages is reached.
 */
export async function signIn(
  context: Context,
  { account, evidence, event, isNewDevice, returnPath }: SignIn,
): Promise<Response> {
  switch (nextStep(account, evidence, context.config)) {
    case "verify-email": {
      const { id: userId, email } = account;
      await requestVerification(context, { email, userId, hashedPassword: null }, returnPath);
      return seeOther(withReturnPath("/auth/verify-email", returnPath));
    }
    case "second-step": {
      const device = await findTrustedBrowser(context, account);
      if (device === null) return startSecondStep(context, account, { evidence, event, isNewDevice }, returnPath);
      context.devices.trustThisDevice(account.email, null);
      const proved = withProof(evidence, device);
      return signIn(context, { account, evidence: proved, event, isNewDevice, returnPath });
    }
    case "done": {
      const { client, now, services, locale } = context;
      const { auth, sessions, users } = services;
      const session = await auth.startSession(account, client, evidence, now);
      context.session.replace(session);
      endIfForgotten(context, session);
      // The session epoch has already ended the other sessions. This only removes them from the list.
      if (event === null) context.defer(() => sessions.endOthers(account.id, session.id));
      // An email that was never verified may belong to someone else, who must not learn of the sign-in.
      else if (isNewDevice && account.emailVerified) recordNewDevice(context, account, event);
      else record(context, account.id, event);
      const { language } = locale;
      if (account.language !== language) context.defer(() => changeLanguage(users, account.id, language, now));
      return seeOther(returnPath ?? HOME_PATH);
    }
  }
}

/**
 * Ends a session that relies on a remembered device which was forgotten since the sign-in read it: that request has listed
 * the sessions before this one started.
 */
function endIfForgotten({ services, now, defer }: Context, { id, account, evidence }: Session): void {
  const { database, sessions } = services;
  // Older proofs have been replaced by a second factor, and their device may be gone.
  const deviceId = evidence.find((proof) => proof.deviceId !== undefined && proof.at === now)?.deviceId;
  if (deviceId === undefined) return;
  defer(async () => {
    const device = await findTrustedDevice(database, deviceId, account.id, account.sessionEpoch, now);
    if (device === null) await sessions.end(id);
  });
}

function recordNewDevice(
  context: Context,
  { id: userId, email: recipient, language }: Account,
  type: NonNullable<SignIn["event"]>,
): void {
  const notice = { kind: "new-sign-in", recipient, language, isVerified: true } as const;
  recordAndNotify(context, { userId, type, notices: [notice] });
}

/**
 * Replaces the session of the request by one with a new secret after the owner was confirmed, and redirects to `path`.
 * Throws StoreUnavailable.
 */
export async function confirmSession(
  context: Context,
  { account }: Session,
  evidence: Evidence,
  path: string,
): Promise<Response> {
  const { client, now, services } = context;
  context.session.renew(await services.auth.startSession(account, client, evidence, now));
  return seeOther(path);
}

/**
 * Starts a new session after a change that has ended all sessions, and redirects to `path`. Returns null if the session
 * could not be started: the change is kept, and the owner has to sign in again. `account` is the state after the
 * change.
 */
export async function renewSession(
  context: Context,
  account: Account,
  evidence: Evidence,
  path: string,
): Promise<Response | null> {
  try {
    return await signIn(context, { account, evidence, event: null, isNewDevice: false, returnPath: path });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    context.log("session-not-renewed", describeError(error));
    context.session.forget();
    return null;
  }
}
