import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { changeEmail, type EmailChange } from "../../../auth/operations/change-email.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import { currentPasswordStatus } from "../../../forms/current-password.tsx";
import { TooManyEmailChangesPage } from "../../../forms/too-many-email-changes.tsx";
import { html, seeOther } from "../../../http/responses.ts";
import { causeOf } from "../../../request/cause.ts";
import type { Context } from "../../../request/context.ts";
import type { ShownLink, UsableLink } from "../../../request/mailed-link.tsx";
import { checkPassword } from "../../../request/password-check.ts";
import { announce } from "../../../request/send-notices.ts";
import { renewSession } from "../../../request/sign-in.ts";
import type { OneTimeTokenRow } from "../../../store/schema.ts";
import { renderDocument } from "../../../views/document.tsx";
import { ConfirmEmailPage, TakenPage } from "./page.tsx";

export function showConfirmEmail(context: Context, link: ShownLink): Response {
  return html(renderDocument(<ConfirmEmailPage {...describePage(context, link)} />));
}

/**
 * A browser where the account is signed in only submits the form. Any other browser must send the account's password.
 * Otherwise an attacker could make the reader of the new mailbox confirm the change for the attacker's account
 * (docs/decisions/0006-verification-links.md).
 */
export async function submitConfirmEmail(context: Context, link: UsableLink): Promise<Response | null> {
  const { row, session } = link;
  const password = (await context.form()).text("currentPassword");
  const owner = session === null ? await authenticateOwner(context, row, password) : session.account;
  if (typeof owner === "string") {
    const page = <ConfirmEmailPage {...describePage(context, link)} problem={owner} />;
    return html(renderDocument(page), currentPasswordStatus(owner));
  }

  const change = await changeEmail(context.services.users, row, owner.sessionEpoch, causeOf(context));
  switch (change.outcome) {
    case "gone":
      return null;
    case "taken":
      return html(renderDocument(<TakenPage locale={context.locale} email={row.email} />), 422);
    case "too-many":
      return html(renderDocument(<TooManyEmailChangesPage locale={context.locale} until={change.until} />), 422);
    case "changed":
      context.devices.forgetKnownDevices(change.formerEmail);
      announce(context, change.event);
      return finishChange(context, session, change);
  }
}

function describePage({ locale, url }: Context, { email, session }: ShownLink) {
  return { locale, action: url.pathname, email, account: session?.account ?? null };
}

/**
 * Checks the password of the account that the link belongs to. Returns the account, or the problem to show. Counts as
 * an attempt, unless the password is empty or the account is gone. Throws HttpError 429 if the limit is reached.
 */
async function authenticateOwner(
  context: Context,
  { user_id: userId }: OneTimeTokenRow,
  password: string,
): Promise<Account | CurrentPasswordProblem> {
  if (password === "") return "current-password-missing";
  const user = userId === null ? null : await context.services.users.get(userId);
  if (user === null) return "current-password-wrong";
  const authentication = await checkPassword(context, user.email, password, { callerRefunds: true, byLink: true });
  const isOwner = authentication.outcome === "authenticated" && authentication.account.id === user.id;
  return isOwner ? authentication.account : "current-password-wrong";
}

async function finishChange(
  context: Context,
  session: Session | null,
  { account, event }: Extract<EmailChange, { readonly outcome: "changed" }>,
): Promise<Response> {
  // A change from an email that was never verified cannot be undone.
  const isUndoable = event.notices.some(({ kind }) => kind === "email-changed");
  context.cookies.notify(session === null || isUndoable ? "email-changed" : "email-corrected");
  if (session === null) {
    context.defer(() => context.services.sessions.endOthers(account.id, null));
    return seeOther("/auth/signin");
  }
  // Known devices belong to an email, and the email has changed.
  context.devices.trustThisDevice(account.email, null);
  const renewed = await renewSession(context, account, session.evidence, "/app/account");
  return renewed ?? seeOther("/auth/signin");
}
