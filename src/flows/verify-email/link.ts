import type { Session } from "../../auth/sessions/session.ts";
import { HttpError } from "../../http/refusals.ts";
import { seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { readableEmail } from "../../i18n/email-syntax.ts";
import { HOME_PATH, logNotTheOwner } from "../../request/access.ts";
import type { Context } from "../../request/context.ts";
import type { DeadLinkMessage, LinkOwner, MailedLink } from "../../request/mailed-link.tsx";
import { messages } from "./messages.ts";

/** The link that verifies the email of an account, or of a sign-up that becomes one by it. */
export const VERIFY_LINK: MailedLink = {
  purpose: "verify-email",
  requireOwner: requireSameEmail,
  // A form sent twice is no dead end: the first has verified the email of the account that is signed in.
  findWorkDone: ({ returnPath }, { account }) => (account.emailVerified ? seeOther(returnPath ?? HOME_PATH) : null),
  describeDead,
};

/** Throws HttpError 409 if what is to be verified belongs to another account than the one that is signed in. */
export function requireSameEmail(context: Context, { user_id, email }: LinkOwner, { account }: Session): void {
  if (user_id === null ? account.email === email : account.id === user_id) return;
  logNotTheOwner(context, account.id);
  throw new HttpError(user_id === null ? "link-for-signup" : "link-for-other-account");
}

function describeDead(context: Context, session: Session | null): DeadLinkMessage {
  const { locale, returnPath } = context;
  const text = messages[locale.language];
  const guest = [
    { href: withReturnPath("/auth/signin", returnPath), label: text.signin },
    { href: withReturnPath("/auth/signup", returnPath), label: text.signup },
  ];
  // A damaged link is not looked up, and nor is the session: that there is a cookie of one must do.
  const member = session === null ? text.continue : text.continueAs(readableEmail(session.account.email));
  const isGuest = session === null && context.session.claimedUserId === null;
  const actions = isGuest ? guest : [{ href: returnPath ?? HOME_PATH, label: member }];
  return { title: text.deadTitle, message: text.dead, actions };
}
