import { type Authentication, authenticate, type CurrentPasswordProblem } from "../auth/accounts/accounts.ts";
import type { PasswordKey } from "../auth/accounts/password-key.ts";
import { countFailure, UNKNOWN_ORIGIN } from "../auth/events/record-events.ts";
import { type Evidence, isConfirmed, withProof } from "../auth/sessions/evidence.ts";
import type { Session } from "../auth/sessions/session.ts";
import type { FormFields } from "../http/form-body.ts";
import type { Attempt } from "../store/counters.ts";
import type { Context } from "./context.ts";
import { limitAttempts } from "./limits/account.ts";

export interface PasswordCheckOptions {
  /** Whether what a right password leads to says itself which devices are known from then on, and refunds the attempt. */
  readonly last?: boolean;
  /**
   * Whether the form came with a mail that anybody may have been sent: then the account's holder does not learn where a
   * failed attempt came from.
   */
  readonly byLink?: boolean;
  /** The key of that email, or that there is none, where it was read before. */
  readonly key?: PasswordKey | null | undefined;
  /** The attempt, where it was counted before. */
  readonly attempt?: Attempt | null;
}

/** `attempt`: as it was counted. It is refunded already if the password is right, unless this was `last`. */
export type PasswordCheck = Authentication & { readonly attempt: Attempt };

/**
 * Whether a password opens the account with that email. Every form that tests one comes here: all count against one
 * limit, and a wrong one stands in the account's activity. Throws HttpError 429 when too many were tried.
 */
export async function checkPassword(
  context: Context,
  email: string,
  password: string,
  { last = false, byLink = false, key, attempt: known = null }: PasswordCheckOptions = {},
): Promise<PasswordCheck> {
  const { auth } = context.services;
  const read = key === undefined ? auth.findKey(email) : Promise.resolve(key);
  const counted = known === null ? limitAttempts(context, email) : Promise.resolve(known);
  const authentication = await authenticate(auth, read, password, counted);
  const attempt = await counted;
  switch (authentication.outcome) {
    case "authenticated":
      if (!last) context.devices.trustThisDevice(email, attempt);
      break;
    case "wrong-credentials": {
      const { userId } = authentication;
      const { client, now, services } = context;
      context.log("wrong-password", { userId });
      context.defer(() => countFailure(services.database, userId, email, byLink ? UNKNOWN_ORIGIN : client, now));
    }
  }
  return { ...authentication, attempt };
}

export type Reauthentication =
  /** `evidence`: of the session, and of the password if the form has it; `attempt`: of that password, as `PasswordCheck` has it. */
  | { readonly outcome: "confirmed"; readonly evidence: Evidence; readonly attempt: Attempt | null }
  | { readonly outcome: "refused"; readonly problem: CurrentPasswordProblem }
  /** The account was deleted meanwhile. */
  | { readonly outcome: "gone" };

export interface ReauthenticationRule {
  /** Also where the password was given lately, and could be left out otherwise. */
  readonly always: boolean;
  /** As in `checkPassword`. */
  readonly last?: boolean;
}

/**
 * Whether it is the owner who sends a form, by its field `currentPassword`. One that is sent is looked at in any case.
 */
export async function reauthenticate(
  context: Context,
  session: Session,
  fields: FormFields,
  { always, last = false }: ReauthenticationRule,
): Promise<Reauthentication> {
  const password = fields.text("currentPassword");
  const { now, services } = context;
  const { email, id: userId } = session.account;
  if (password === "") {
    return !always && isConfirmed(session.evidence, now)
      ? { outcome: "confirmed", evidence: session.evidence, attempt: null }
      : { outcome: "refused", problem: "current-password-missing" };
  }
  const authentication = await checkPassword(context, email, password, { last });
  const isAuthenticated = authentication.outcome === "authenticated";
  if ((isAuthenticated ? authentication.account.id : authentication.userId) !== userId) return { outcome: "gone" };
  if (!isAuthenticated) return { outcome: "refused", problem: "current-password-wrong" };
  const evidence = withProof(session.evidence, { method: "password", at: now });
  // What asks in any case ends this session, or goes on in a new one.
  if (!always) context.defer(() => services.sessions.update(session.id, session.stored, { evidence }));
  return { outcome: "confirmed", evidence, attempt: authentication.attempt };
}
