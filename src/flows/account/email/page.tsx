import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import type { EmailProblem } from "../../../auth/accounts/typed-email.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { MailViewer } from "../../../forms/mail-viewer.tsx";
import { WORDS as FIELD_WORDS } from "../../../forms/words.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { EmailField, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface EmailErrors {
  readonly email?: EmailPageProblem | undefined;
  readonly currentPassword?: CurrentPasswordProblem | undefined;
}

export type EmailPageProblem = EmailProblem | "email-unchanged";

export interface EmailPageProps {
  view: PageView;
  account: Account;
  asksPassword: boolean;
  /** What was typed. */
  email?: string | undefined;
  errors?: EmailErrors | undefined;
}

export function EmailPage({ view, account, asksPassword, email, errors = {} }: EmailPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const fields = FIELD_WORDS[language];
  const emailProblems = { ...fields.emailProblems, "email-unchanged": words.unchanged };
  const messages = {
    email: errors.email && emailProblems[errors.email],
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
  };
  const problems = listErrors(messages);
  return (
    <Layout view={view} title={words.title} signOut errors={problems.length > 0}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={problems} />
        <p>{words.lead(<strong>{readableEmail(account.email)}</strong>)}</p>
        <Form action="/app/account/email" submit={words.submit} busy={words.busy} madeFor={account.id}>
          <EmailField
            name="email"
            label={words.newAddress}
            value={email}
            autocomplete="email"
            enterKeyHint="send"
            error={messages.email}
          />
          {asksPassword && (
            <CurrentPasswordField language={language} email={account.email} error={messages.currentPassword} />
          )}
        </Form>
        <LinkRow href="/app/account" label={fields.backToAccount} />
      </Panel>
    </Layout>
  );
}

export interface EmailSentPageProps {
  view: PageView;
  mailViewerUrl: string | null;
}

export function EmailSentPage({ view, mailViewerUrl }: EmailSentPageProps) {
  const words = WORDS[view.language];
  return (
    <Layout view={view} title={words.sentTitle} signOut>
      <Panel title={words.sentTitle}>
        <p>{words.sent}</p>
        <p>{words.patience}</p>
        <MailViewer url={mailViewerUrl} />
        <LinkRow lead={words.noMail} href="/app/account/email" label={words.askAgain} />
        <LinkRow href="/app/account" label={FIELD_WORDS[view.language].backToAccount} />
      </Panel>
    </Layout>
  );
}
