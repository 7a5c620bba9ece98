import type { Session } from "../../auth/sessions/session.ts";
import { HttpError } from "../../http/refusals.ts";
import { seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { readableEmail } from "../../i18n/email-syntax.ts";
import { HOME_PATH, logWrongAccount } from "../../request/access.ts";
import type { Context } from "../../request/context.ts";
import type { DeadLinkMessage, LinkOwner, MailedLink } from "../../request/mailed-link.tsx";
import { messages } from "./messages.ts";

/** The link that verifies the email of an account or of a pending sign-up. */
export const VERIFY_LINK: MailedLink = {
  purpose: "verify-email",
  requireOwner: requireSameEmail,
  // If the form is sent twice, the first request has already verified the email of the signed-in account.
  redirectIfDone: ({ returnPath }, { account }) => (account.emailVerified ? seeOther(returnPath ?? HOME_PATH) : null),
  describeDead,
};

/** Throws HttpError 409 if the token is not for the signed-in account, or is for a sign-up with a different email. */
export function requireSameEmail(context: Context, { user_id, email }: LinkOwner, { account }: Session): void {
  if (user_id === null ? account.email === email : account.id === user_id) return;
  logWrongAccount(context, account.id);
  throw new HttpError(user_id === null ? "link-for-signup" : "link-for-other-account");
}

function describeDead(context: Context, session: Session | null): DeadLinkMessage {
  const { locale, returnPath } = context;
  const text = messages[locale.language];
  const visitorActions = [
    { href: withReturnPath("/auth/signin", returnPath), label: text.signin },
    { href: withReturnPath("/auth/signup", returnPath), label: text.signup },
  ];
  // A damaged link is refused before the session is looked up. The session cookie then decides which links are shown.
  const continueLabel = session === null ? text.continue : text.continueAs(readableEmail(session.account.email));
  const isVisitor = session === null && context.session.claimedUserId === null;
  const actions = isVisitor ? visitorActions : [{ href: returnPath ?? HOME_PATH, label: continueLabel }];
  return { title: text.deadTitle, message: text.dead, actions };
}
