import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { type NewPasswordErrors, NewPasswordFields, newPasswordMessages } from "../../../forms/new-password.tsx";
import { WORDS as FIELD_WORDS } from "../../../forms/words.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface PasswordErrors extends NewPasswordErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
}

export interface PasswordPageProps {
  view: PageView;
  account: Account;
  errors?: PasswordErrors | undefined;
}

export function PasswordPage({ view, account, errors = {} }: PasswordPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const fields = FIELD_WORDS[language];
  const messages = {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    ...newPasswordMessages(language, errors),
  };
  const problems = listErrors(messages);
  return (
    <Layout view={view} title={words.title} signOut errors={problems.length > 0}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={problems} />
        <p>{words.lead}</p>
        <Form action="/app/account/password" submit={words.submit} busy={words.busy} madeFor={account.id}>
          <CurrentPasswordField language={language} email={account.email} error={messages.currentPassword} />
          <NewPasswordFields language={language} label={fields.newPassword} messages={messages} />
        </Form>
        <LinkRow lead={words.forgotten} href="/auth/forgot-password" label={words.sendLink} />
        <LinkRow href="/app/account" label={fields.backToAccount} />
      </Panel>
    </Layout>
  );
}
