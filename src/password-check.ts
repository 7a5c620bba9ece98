import type { SignedInContext } from "./access.ts";
import { countEvent } from "./auth/account-events.ts";
import { type Authentication, authenticate, type CurrentPasswordProblem } from "./auth/accounts.ts";
import { PASSWORD_FRESH_MILLISECONDS } from "./auth/lifetimes.ts";
import { noteInSession } from "./auth/sessions.ts";
import type { Context } from "./context.ts";
import type { FormFields } from "./http/form-body.ts";
import { forgiveGuess, requireGuessAllowance } from "./limits.ts";

/**
 * Whether a password opens the account with that address. Every form that tests one comes here: all count against one
 * limit, and a wrong one stands in the account's trail. Throws HttpError 429 when too many were tried. `last`: what
 * a right one leads to says itself which devices are known from then on.
 */
export async function checkPassword(
  context: Context,
  email: string,
  password: string,
  { last = false }: { readonly last?: boolean } = {},
): Promise<Authentication> {
  const authentication = await authenticate(context.auth, email, password, () => requireGuessAllowance(context, email));
  switch (authentication.outcome) {
    case "authenticated":
      if (!last) forgiveGuess(context, email);
      break;
    case "wrong-credentials":
      context.log("wrong-password", { userId: authentication.userId });
      context.defer(() =>
        countEvent(context.database, authentication.userId, "sign-in-failed", context.client, context.now),
      );
  }
  return authentication;
}

export type Reauthentication =
  /** `passwordAt`: when the password was given, as epoch milliseconds. */
  | { readonly outcome: "confirmed"; readonly passwordAt: number }
  | { readonly outcome: "refused"; readonly problem: CurrentPasswordProblem }
  /** The account was deleted meanwhile. */
  | { readonly outcome: "gone" };

/** Whether the password was given in this session so lately that it need not be asked for again. */
export function passwordIsFresh(context: SignedInContext): boolean {
  return freshPasswordAt(context) !== null;
}

function freshPasswordAt({ currentSession: { passwordAt }, now }: SignedInContext): number | null {
  return passwordAt !== null && now - passwordAt < PASSWORD_FRESH_MILLISECONDS ? passwordAt : null;
}

export interface ReauthenticationRule {
  /** Also where the password was given lately, and could be left out otherwise. */
  readonly always: boolean;
  /** As in `checkPassword`. */
  readonly last?: boolean;
}

/** Whether it is the owner who sends a form, by its field `currentPassword`. One that is sent is looked at in any case. */
export async function reauthenticate(
  context: SignedInContext,
  fields: FormFields,
  { always, last = false }: ReauthenticationRule,
): Promise<Reauthentication> {
  const password = fields.text("currentPassword");
  const { email, userId } = context.currentSession.user;
  if (password === "") {
    const passwordAt = always ? null : freshPasswordAt(context);
    return passwordAt === null
      ? { outcome: "refused", problem: "current-password-missing" }
      : { outcome: "confirmed", passwordAt };
  }
  const authentication = await checkPassword(context, email, password, { last });
  if (authentication.userId !== userId) return { outcome: "gone" };
  if (authentication.outcome !== "authenticated") return { outcome: "refused", problem: "current-password-wrong" };
  const { sessions, currentSession, now } = context;
  // What asks in any case ends this session, or goes on in a new one.
  if (!always) context.defer(() => noteInSession(sessions, currentSession.sessionId, { password_at: now }));
  return { outcome: "confirmed", passwordAt: now };
}
