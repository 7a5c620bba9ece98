import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { type NewPasswordErrors, NewPasswordFields, newPasswordMessages } from "../../../forms/new-password.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface PasswordErrors extends NewPasswordErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
}

export interface PasswordPageProps {
  locale: RequestLocale;
  account: Account;
  errors?: PasswordErrors | undefined;
}

export function PasswordPage({ locale, account, errors = {} }: PasswordPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const errorMessages = {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    ...newPasswordMessages(language, errors),
  };
  const problems = listErrors(errorMessages);
  return (
    <Layout locale={locale} title={text.title} signOut errors={problems.length > 0}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={problems} />
        <p>{text.lead}</p>
        <Form action="/app/account/password" submit={text.submit} busy={text.busy} madeFor={account.id}>
          <CurrentPasswordField language={language} email={account.email} error={errorMessages.currentPassword} />
          <NewPasswordFields language={language} label={fields.newPassword} errorMessages={errorMessages} />
        </Form>
        <LinkRow lead={text.forgotten} href="/auth/forgot-password" label={text.sendLink} />
        <LinkRow href="/app/account" label={fields.backToAccount} />
      </Panel>
    </Layout>
  );
}
