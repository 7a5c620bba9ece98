import type { Account } from "../auth/accounts/account.ts";
import { changeLanguage } from "../auth/operations/change-language.ts";
import type { Evidence } from "../auth/sessions/evidence.ts";
import { seeOther } from "../http/responses.ts";
import { withReturnPath } from "../http/return-path.ts";
import { StoreUnavailable } from "../store/upstream.ts";
import { HOME_PATH } from "./access.ts";
import { record } from "./audit-log.ts";
import type { Context } from "./context.ts";
import { describeError } from "./log.ts";
import { requestVerification } from "./request-verification.ts";
import { nextStep } from "./sign-in-steps.ts";

export interface SignIn {
  /** As it was when its owner was recognized, or as a change has left it. */
  readonly account: Account;
  readonly evidence: Evidence;
  /** The event for the audit log; null after a change that has ended every session and has an event of its own. */
  readonly event: "signed-in" | "signed-up" | null;
  /** Where to go on once nothing remains to be done; null: home. */
  readonly returnPath: string | null;
}

/**
 * Starts a session, or leads to what remains to be done before. The only function that starts sessions. Throws
 * StoreUnavailable, and HttpError 429 where the step needs a mail and too many were sent.
 */
export async function signIn(context: Context, { account, evidence, event, returnPath }: SignIn): Promise<Response> {
  switch (nextStep(account, evidence, context.config)) {
    case "verify-email": {
      const { id: userId, email } = account;
      await requestVerification(context, { email, userId, hashedPassword: null }, returnPath);
      return seeOther(withReturnPath("/auth/verify-email", returnPath));
    }
    case "done": {
      const { client, now, services, locale } = context;
      const { auth, sessions, users } = services;
      const session = await auth.startSession(account, client, evidence, now);
      context.session.replace(session);
      if (event !== null) record(context, account.id, event);
      // The epoch has ended the others already; this takes them off the list.
      else context.defer(() => sessions.endOthers(account.id, session.id));
      const { language } = locale;
      if (account.language !== language) context.defer(() => changeLanguage(users, account.id, language, now));
      return seeOther(returnPath ?? HOME_PATH);
    }
  }
}

/**
 * Starts a new session after a change that has ended all sessions, and redirects to `path`. Returns null if the session
 * could not be started: the change stands, and its owner has to sign in again. `account`: the state after the change.
 */
export async function renewSession(
  context: Context,
  account: Account,
  evidence: Evidence,
  path: string,
): Promise<Response | null> {
  try {
    return await signIn(context, { account, evidence, event: null, returnPath: path });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    context.log("session-not-renewed", describeError(error));
    context.session.forget();
    return null;
  }
}
