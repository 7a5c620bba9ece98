import { type Authentication, authenticate, type CurrentPasswordProblem } from "../auth/accounts/accounts.ts";
import type { PasswordKey } from "../auth/accounts/password-key.ts";
import { countFailure, UNKNOWN_ORIGIN } from "../auth/events/record-events.ts";
import { type Evidence, type Proof, prove, withProof } from "../auth/sessions/evidence.ts";
import type { Session } from "../auth/sessions/session.ts";
import type { FormFields } from "../http/form-body.ts";
import { type Attempt, refund } from "../store/counters.ts";
import { formsAskForPassword, isOwnerConfirmed } from "./confirmation.ts";
import type { Context } from "./context.ts";
import { limitAttempts } from "./limits/account.ts";

export interface PasswordCheckOptions {
  /** Whether the caller itself updates the known devices and refunds the attempt after a correct password. */
  readonly callerRefunds?: boolean;
  /**
   * Whether the form belongs to a mailed link. Such a message may have reached someone else's mailbox, so a failed
   * attempt is recorded without its IP, country and browser, and the account's holder does not learn them.
   */
  readonly byLink?: boolean;
  /**
   * The key of the email if the caller has read it already; null if the email has none. If undefined, it is read here.
   */
  readonly key?: PasswordKey | null | undefined;
  /** The attempt if the caller has counted it already. If null, it is counted here. */
  readonly attempt?: Attempt | null;
}

/**
 * `attempt` is the counted attempt. It is refunded after a correct password, unless `callerRefunds` was set. `proof` is
 * evidence of the correct password.
 */
export type PasswordCheck = (
  | (Extract<Authentication, { outcome: "authenticated" }> & { readonly proof: Proof })
  | Extract<Authentication, { outcome: "wrong-credentials" }>
) & { readonly attempt: Attempt };

/**
 * Checks a password for the account with that email. Every form with a password uses this function, so that all of them
 * count against one limit, and every wrong password is recorded in the audit log of the account. Throws HttpError 429
 * if the limit is reached.
 */
export async function checkPassword(
  context: Context,
  email: string,
  password: string,
  { callerRefunds = false, byLink = false, key, attempt: countedAttempt = null }: PasswordCheckOptions = {},
): Promise<PasswordCheck> {
  const { auth } = context.services;
  const keyRead = key === undefined ? auth.findKey(email) : Promise.resolve(key);
  const attemptCount = countedAttempt === null ? limitAttempts(context, email) : Promise.resolve(countedAttempt);
  const authentication = await authenticate(auth, keyRead, password, attemptCount);
  const attempt = await attemptCount;
  switch (authentication.outcome) {
    case "authenticated":
      // With the second step, a device becomes known after it: otherwise each sign-in with the password alone would get
      // a limit of its own for codes.
      if (authentication.account.twoStepAt !== null) context.defer(() => refund(context.services.redis, attempt));
      else if (!callerRefunds) context.devices.trustThisDevice(email, attempt);
      return { ...authentication, attempt, proof: prove("password", context.now) };
    case "wrong-credentials": {
      const { userId } = authentication;
      const { client, now, services } = context;
      context.log("wrong-password", { userId });
      context.defer(() => countFailure(services.database, userId, email, byLink ? UNKNOWN_ORIGIN : client, now));
      return { ...authentication, attempt };
    }
  }
}

export type Reauthentication =
  /**
   * `evidence` includes the password if the form had one. `attempt` is null if the form had none; see `PasswordCheck`.
   */
  | { readonly outcome: "confirmed"; readonly evidence: Evidence; readonly attempt: Attempt | null }
  | { readonly outcome: "refused"; readonly problem: CurrentPasswordProblem }
  /** This account is not confirmed by a password alone, and was not confirmed recently on the page for it. */
  | { readonly outcome: "unconfirmed" }
  /** The account was deleted, or no longer has this email, since the session was read. */
  | { readonly outcome: "gone" };

export interface ReauthenticationRule {
  /** Whether the password is required even if it was entered recently. */
  readonly always: boolean;
  /** See `PasswordCheckOptions`. */
  readonly callerRefunds?: boolean;
}

/**
 * Confirms with the form field `currentPassword` that the form comes from the owner of the account. A password that was
 * sent is always checked, even if it is not required. An account with other factors must have been confirmed recently
 * on the page for it. Throws HttpError 429 if too many attempts were made.
 */
export async function reauthenticate(
  context: Context,
  session: Session,
  fields: FormFields,
  { always, callerRefunds = false }: ReauthenticationRule,
): Promise<Reauthentication> {
  if (!formsAskForPassword(session)) {
    return isOwnerConfirmed(context, session)
      ? { outcome: "confirmed", evidence: session.evidence, attempt: null }
      : { outcome: "unconfirmed" };
  }
  const password = fields.text("currentPassword");
  const { services } = context;
  const { email, id: userId } = session.account;
  if (password === "") {
    return !always && isOwnerConfirmed(context, session)
      ? { outcome: "confirmed", evidence: session.evidence, attempt: null }
      : { outcome: "refused", problem: "current-password-missing" };
  }
  const authentication = await checkPassword(context, email, password, { callerRefunds });
  const isAuthenticated = authentication.outcome === "authenticated";
  if ((isAuthenticated ? authentication.account.id : authentication.userId) !== userId) return { outcome: "gone" };
  if (!isAuthenticated) return { outcome: "refused", problem: "current-password-wrong" };
  const evidence = withProof(session.evidence, authentication.proof);
  // With `always`, the caller ends this session or replaces it with a new one.
  if (!always) context.defer(() => services.sessions.update(session.id, session.stored, { evidence }));
  return { outcome: "confirmed", evidence, attempt: authentication.attempt };
}
