import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { Checkbox, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface DeleteErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
  readonly confirmation?: "confirmation-missing" | undefined;
}

export interface DeletePageProps {
  locale: RequestLocale;
  account: Account;
  errors?: DeleteErrors | undefined;
}

export function DeletePage({ locale, account, errors = {} }: DeletePageProps) {
  const { language } = locale;
  const text = messages[language];
  const errorMessages = {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    confirmation: errors.confirmation && text.confirmationMissing,
  };
  const problems = listErrors(errorMessages);
  return (
    <Layout locale={locale} title={text.title} signOut errors={problems.length > 0}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={problems} />
        <Notice tone="warning">{text.warning}</Notice>
        <LinkRow lead={text.keep} href="/app/account/export" label={text.download} />
        <Form action="/app/account/delete" submit={text.submit} busy={text.busy} madeFor={account.id} tone="danger">
          <CurrentPasswordField language={language} email={account.email} error={errorMessages.currentPassword} />
          <Checkbox name="confirmation" label={text.confirmation} error={errorMessages.confirmation} />
        </Form>
        <LinkRow href="/app/account" label={fieldMessages[language].backToAccount} />
      </Panel>
    </Layout>
  );
}
