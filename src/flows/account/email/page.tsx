import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import type { EmailProblem } from "../../../auth/accounts/typed-email.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { MailViewer } from "../../../forms/mail-viewer.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { EmailField, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface EmailErrors {
  readonly email?: EmailPageProblem | undefined;
  readonly currentPassword?: CurrentPasswordProblem | undefined;
}

export type EmailPageProblem = EmailProblem | "email-unchanged";

export interface EmailPageProps {
  locale: RequestLocale;
  account: Account;
  asksPassword: boolean;
  /** The email as typed. */
  email?: string | undefined;
  errors?: EmailErrors | undefined;
}

export function EmailPage({ locale, account, asksPassword, email, errors = {} }: EmailPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const emailProblems = { ...fields.emailProblems, "email-unchanged": text.unchanged };
  const errorMessages = {
    email: errors.email && emailProblems[errors.email],
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
  };
  const problems = listErrors(errorMessages);
  return (
    <Layout locale={locale} title={text.title} signOut errors={problems.length > 0}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={problems} />
        <p>{text.lead(<strong>{readableEmail(account.email)}</strong>)}</p>
        <Form action="/app/account/email" submit={text.submit} busy={text.busy} madeFor={account.id}>
          <EmailField
            name="email"
            label={text.newEmail}
            value={email}
            autocomplete="email"
            enterKeyHint="send"
            error={errorMessages.email}
          />
          {asksPassword && (
            <CurrentPasswordField language={language} email={account.email} error={errorMessages.currentPassword} />
          )}
        </Form>
        <LinkRow href="/app/account" label={fields.backToAccount} />
      </Panel>
    </Layout>
  );
}

export interface EmailSentPageProps {
  locale: RequestLocale;
  mailViewerUrl: string | null;
}

export function EmailSentPage({ locale, mailViewerUrl }: EmailSentPageProps) {
  const text = messages[locale.language];
  return (
    <Layout locale={locale} title={text.sentTitle} signOut>
      <Panel title={text.sentTitle}>
        <p>{text.sent}</p>
        <p>{text.patience}</p>
        <MailViewer url={mailViewerUrl} />
        <LinkRow lead={text.noMail} href="/app/account/email" label={text.askAgain} />
        <LinkRow href="/app/account" label={fieldMessages[locale.language].backToAccount} />
      </Panel>
    </Layout>
  );
}
