import { cancelEmailChange, makeEmailChangeFinal } from "../../../auth/operations/change-email.ts";
import { emailChangesBlockedUntil } from "../../../auth/operations/reserved-emails.ts";
import type { Session } from "../../../auth/sessions/session.ts";
import { generateTokenSecrets, issueToken } from "../../../auth/tokens/one-time-tokens.ts";
import { currentPasswordStatus } from "../../../forms/current-password.tsx";
import { readEmail } from "../../../forms/email.ts";
import { TooManyEmailChangesPage } from "../../../forms/too-many-email-changes.tsx";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { writeMail } from "../../../mail/write-mail.ts";
import { record } from "../../../request/audit-log.ts";
import { causeOf } from "../../../request/cause.ts";
import { confirmPress, readFactorsToAsk } from "../../../request/confirm-owner.ts";
import {
  confirmPath,
  formsAskForPassword,
  isOwnerConfirmed,
  redirectToConfirm,
} from "../../../request/confirmation.ts";
import type { Context } from "../../../request/context.ts";
import { limitMails } from "../../../request/limits/mailbox.ts";
import { reauthenticate } from "../../../request/password-check.ts";
import type { EmailChanges } from "../../../request/pending-email.ts";
import { announce } from "../../../request/send-notices.ts";
import { confirmSession } from "../../../request/sign-in.ts";
import { findUserByEmail } from "../../../store/users.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import type { EmailErrors, EmailNotice } from "./page.tsx";
import { EmailPage, EmailSentPage, FinalEmailPage, isEmailNotice } from "./page.tsx";

const PURPOSE = "change-email";
const PATH = "/app/account/email";

/** Shows the form. With `?sent`, shows that a link was sent, as long as the link is valid. */
export function showEmail(context: Context, session: Session, changes: EmailChanges): Response {
  const { account } = session;
  const { url, config, locale, now, cookies } = context;
  const { pending: pendingEmail, reserved } = changes;
  const isSent = url.searchParams.has("sent") && pendingEmail !== null;
  const elsewhere = isSent ? null : redirectToConfirm(context, session);
  if (elsewhere !== null) return elsewhere;
  const page = isSent ? (
    <EmailSentPage {...{ locale, account, pendingEmail }} mailViewerUrl={config.mailViewerUrl} />
  ) : (
    <EmailPage
      {...{ locale, account, pendingEmail, reserved, now }}
      asksPassword={!isOwnerConfirmed(context, session)}
      notice={cookies.takeNotice(isEmailNotice)}
    />
  );
  return html(renderDocument(page));
}

/** Makes a change of the email final, which its owner confirms at the level of the account. */
export async function submitFinalEmail(context: Context, session: Session): Promise<Response> {
  const { account } = session;
  const fields = await context.form();
  const former = readFormerEmail(fields);
  if (former === null) return redirectWith(context, "email-not-final");
  const press = await confirmPress(context, session, fields, isOwnerConfirmed);
  if (press.outcome === "gone") return seeOther("/auth/signin");
  if (press.outcome === "asks") {
    const { factors, errors, status } = press;
    const page = <FinalEmailPage {...{ account, former, factors, errors }} locale={context.locale} />;
    return html(renderDocument(page), status);
  }
  const event = await makeEmailChangeFinal(context.services.database, account, former, causeOf(context));
  if (event !== null) announce(context, event);
  const notice = event === null ? "email-not-final" : "email-final";
  if (!press.isNew) return redirectWith(context, notice);
  context.cookies.notify(notice);
  return confirmSession(context, session, press.evidence, PATH);
}

/** Shows the form that makes a change final again after a refusal. Null if the session cannot be read. */
export async function showFinalEmailAgain(
  context: Context,
  fields: FormFields,
  refusal: Refusal,
): Promise<Markup | null> {
  const session = await context.session.read();
  const former = readFormerEmail(fields);
  if (session === null || former === null) return null;
  const { account } = session;
  const factors = await readFactorsToAsk(context, session);
  return <FinalEmailPage {...{ account, former, factors, refusal }} locale={context.locale} />;
}

function readFormerEmail(fields: FormFields): string | null {
  const form = readEmail(fields);
  return form.ok ? form.email : null;
}

function redirectWith(context: Context, notice: EmailNotice): Response {
  context.cookies.notify(notice);
  return seeOther(PATH);
}

/** Shows the form again after a refusal. Null if the session cannot be read. */
export async function showEmailAgain(context: Context, fields: FormFields, refusal: Refusal): Promise<Markup | null> {
  const { locale } = context;
  const current = await context.session.read();
  if (current === null) return null;
  const { account } = current;
  const asksPassword = !isOwnerConfirmed(context, current) && formsAskForPassword(current);
  return <EmailPage {...{ locale, account, asksPassword, refusal }} email={fields.text("email")} />;
}

/** Redirects a GET of the forms that cancel a change or make it final, because these have no page of their own. */
export function redirectToEmail(): Response {
  return seeOther(PATH);
}

/** Cancels the change that is not confirmed yet. It asks for no password, because it only protects the account. */
export async function submitCancelEmail(context: Context, { account }: Session): Promise<Response> {
  const event = await cancelEmailChange(context.services.database, account.id, causeOf(context));
  if (event !== null) {
    announce(context, event);
    context.cookies.notify("email-change-canceled");
  }
  return seeOther("/app/account/security");
}

/**
 * Does the same work for every email before the response, so that the response time does not reveal whether the email
 * has an account. Looks the email up after the response, and then sends the matching message.
 */
export async function submitEmail(context: Context, session: Session): Promise<Response> {
  const { account } = session;
  const fields = await context.form();
  const again = (errors: EmailErrors, status: 401 | 422) => {
    const typed = { locale: context.locale, email: fields.text("email"), account, errors };
    // After a refused password the form asks for it again, even if the session was confirmed recently.
    const asksPassword =
      formsAskForPassword(session) && (!isOwnerConfirmed(context, session) || errors.currentPassword !== undefined);
    return html(renderDocument(<EmailPage {...typed} asksPassword={asksPassword} />), status);
  };

  const form = readEmail(fields);
  const problem = form.ok ? (form.email === account.email ? "email-unchanged" : undefined) : form.problem;
  if (!form.ok || problem !== undefined) return again({ email: problem }, 422);
  const owner = await reauthenticate(context, session, fields, { always: false });
  if (owner.outcome === "gone") return seeOther("/auth/signin");
  if (owner.outcome === "unconfirmed") return seeOther(confirmPath(PATH));
  if (owner.outcome === "refused") {
    return again({ currentPassword: owner.problem }, currentPasswordStatus(owner.problem));
  }

  const { email } = form;
  const { id: userId } = account;
  const [blockedUntil] = await Promise.all([
    emailChangesBlockedUntil(context.services.database, userId, context.now),
    limitMails(context, PURPOSE, email),
  ]);
  if (blockedUntil !== null) {
    return html(renderDocument(<TooManyEmailChangesPage locale={context.locale} until={blockedUntil} />), 422);
  }
  const secrets = generateTokenSecrets();
  const requester = await context.devices.findRequester(email);
  await issueToken(context.services.database, { purpose: PURPOSE, email, userId, requester }, secrets, context.now);
  record(context, userId, "email-change-requested");
  context.defer(() => mailLink(context, email, secrets.token));
  return seeOther(`${PATH}?sent`);
}

async function mailLink({ services, config, locale }: Context, email: string, token: string): Promise<void> {
  const existingUser = await findUserByEmail(services.database, email);
  await services.mailer.send(
    existingUser === null
      ? writeMail(locale.language, email, "confirmEmail", `${config.publicOrigin}/auth/confirm-email/${token}`)
      : writeMail(locale.language, email, "emailNotFree", `${config.publicOrigin}/auth/signin`),
  );
}
