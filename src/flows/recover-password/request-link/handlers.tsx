import { issueUndoToken } from "../../../auth/operations/reserved-emails.ts";
import { bindToken, generateTokenSecrets, issueToken } from "../../../auth/tokens/one-time-tokens.ts";
import { readEmail } from "../../../forms/email.ts";
import { html, seeOther } from "../../../http/responses.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { writeMail } from "../../../mail/write-mail.ts";
import type { Context } from "../../../request/context.ts";
import { limitMails } from "../../../request/limits/mailbox.ts";
import { findUserByEmail } from "../../../store/users.ts";
import { renderDocument } from "../../../views/document.tsx";
import { ForgotPasswordPage, MailSentPage } from "./page.tsx";

const PURPOSE = "reset-password";

export function showForgotPassword({ locale, returnPath }: Context): Response {
  return html(renderDocument(<ForgotPasswordPage locale={locale} returnPath={returnPath} />));
}

/**
 * Up to the answer all is the same for every email: one count, one row. Only then it is looked up, and if there is an
 * account, the row is made good for it and the link mailed. Where emails must be verified, an email without an account
 * gets a link, too: it creates the account, and no pending sign-up of a stranger is verified by its owner.
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
  // For an unknown address all but the sending is done as well: this isolate's next answer must not come sooner for it.
  await bindToken(database, token, user?.id ?? null);
  const path = withReturnPath(`/auth/reset-password/${token}`, returnPath);
  const href = config.publicOrigin + path;
  const mail = writeMail(locale.language, email, user === null ? "passwordForNewAccount" : "passwordReset", href);
  if (user !== null) return mailer.send(mail);
  if (undoToken === null) return config.emailVerification === "required" ? mailer.send(mail) : undefined;
  // The account has another address since lately, and the mail that said so may be lost: this is where people ask first.
  const undoHref = `${config.publicOrigin}/auth/undo-email/${undoToken}`;
  await mailer.send(writeMail(locale.language, email, "emailChanged", null, undoHref));
}
