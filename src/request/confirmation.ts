import { isConfirmed, provedAt } from "../auth/sessions/evidence.ts";
import type { Session } from "../auth/sessions/session.ts";
import { seeOther } from "../http/responses.ts";
import { safeReturnPath, withReturnPath } from "../http/return-path.ts";
import type { Context } from "./context.ts";
import { pathWithoutLanguage } from "./read-locale.ts";

export const CONFIRM_PATH = "/app/account/confirm";

/** Whether the owner has confirmed who they are, at the level of the account, in the last ten minutes. */
export function isOwnerConfirmed({ now }: Pick<Context, "now">, { account, evidence }: Session): boolean {
  return isConfirmed(evidence, account.twoStepAt !== null, now);
}

/** Whether the owner has given a factor in the last ten minutes. It is enough to end sessions and to forget devices. */
export function isOwnerPresent({ now }: Pick<Context, "now">, { evidence }: Session): boolean {
  return isConfirmed(evidence, false, now);
}

/**
 * Whether forms ask for the password themselves. Other accounts confirm on a page of their own, because they may have
 * other factors or no password. An account that never chose a password has no time of that. Neither has one from before
 * 0.2.0, whose sessions begin with its password.
 */
export function formsAskForPassword({ account, evidence }: Session): boolean {
  if (account.twoStepAt !== null || provedAt(evidence, "passkey") !== null) return false;
  return account.passwordChangedAt !== null || provedAt(evidence, "password") !== null;
}

/**
 * Redirects to the page that confirms the owner, and from there back to `path`: by default the current page. Returns
 * null if the owner is confirmed, or if the form asks for the password itself.
 */
export function redirectToConfirm(context: Context, session: Session, path?: string): Response | null {
  if (formsAskForPassword(session) || isOwnerConfirmed(context, session)) return null;
  return seeOther(confirmPath(path ?? pathWithoutLanguage(context.url)));
}

/** The page that confirms the owner, and then leads to `returnPath`. */
export function confirmPath(returnPath: string): string {
  return withReturnPath(CONFIRM_PATH, safeReturnPath([returnPath]));
}
