import { issueUndoToken } from "../../../auth/operations/reserved-emails.ts";
import { bindToken, generateTokenSecrets, issueToken } from "../../../auth/tokens/one-time-tokens.ts";
import { readEmail } from "../../../forms/email.ts";
import type { FormFields } from "../../../http/form-body.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { writeMail } from "../../../mail/write-mail.ts";
import type { Context } from "../../../request/context.ts";
import { limitMails } from "../../../request/limits/mailbox.ts";
import { findUserByEmail } from "../../../store/users.ts";
import { renderDocument } from "../../../views/document.tsx";
import type { Refusal } from "../../../views/feedback.tsx";
import type { Markup } from "../../../views/jsx-runtime.ts";
import { ForgotPasswordPage, MailSentPage } from "./page.tsx";

const PURPOSE = "reset-password";

export function showForgotPassword({ locale, returnPath }: Context): Response {
  return html(renderDocument(<ForgotPasswordPage locale={locale} returnPath={returnPath} />));
}

/** Shows the form again after a refusal. */
export function showForgotPasswordAgain({ locale }: Context, fields: FormFields, refusal: Refusal): Markup {
  const { returnPath } = fields;
  return <ForgotPasswordPage {...{ locale, refusal, returnPath }} email={fields.text("email")} />;
}

/**
 * Does the same work for every email before the response: counts the request and inserts one token. After the response,
 * looks the email up, binds the token to the account and sends the link. Where emails must be verified, an email
 * without an account gets a link as well. That link creates the account with the owner's password, so that the owner
 * never verifies a sign-up with the password of someone else.
 */
export async function submitForgotPassword(context: Context): Promise<Response> {
  const fields = await context.form();
  const form = readEmail(fields);
  const { returnPath } = fields;
  if (!form.ok) {
    const page = (
      <ForgotPasswordPage
        locale={context.locale}
        email={fields.text("email")}
        problem={form.problem}
        returnPath={returnPath}
      />
    );
    return html(renderDocument(page), 422);
  }
  const { email } = form;
  await limitMails(context, PURPOSE, email);
  const secrets = generateTokenSecrets();
  const requester = await context.devices.findRequester(email);
  await issueToken(
    context.services.database,
    { purpose: PURPOSE, email, userId: null, requester },
    secrets,
    context.now,
  );
  context.defer(() => mailLink(context, email, secrets.token, requester, returnPath));
  return seeOther(withReturnPath("/auth/forgot-password/sent", returnPath));
}

export function showMailSent({ config, locale, returnPath }: Context): Response {
  return html(
    renderDocument(<MailSentPage locale={locale} mailViewerUrl={config.mailViewerUrl} returnPath={returnPath} />),
  );
}

async function mailLink(
  { services, config, locale, now }: Context,
  email: string,
  token: string,
  requester: string,
  returnPath: string | null,
): Promise<void> {
  const { database, mailer } = services;
  const [user, undoToken] = await Promise.all([
    findUserByEmail(database, email),
    issueUndoToken(database, email, requester, now),
  ]);
  // An unknown email causes the same calls. They delay the next response of this isolate, so a missing call would
  // reveal that the email is unknown.
  await bindToken(database, token, user?.id ?? null);
  const path = withReturnPath(`/auth/reset-password/${token}`, returnPath);
  const href = config.publicOrigin + path;
  const mail = writeMail(locale.language, email, user === null ? "passwordForNewAccount" : "passwordReset", href);
  if (user !== null) return mailer.send(mail);
  if (undoToken === null) return config.emailVerification === "required" ? mailer.send(mail) : undefined;
  // An account gave up this email recently. If the message about that was lost, its owner tries to reset the password.
  const undoHref = `${config.publicOrigin}/auth/undo-email/${undoToken}`;
  await mailer.send(writeMail(locale.language, email, "emailChanged", null, undoHref, null));
}
