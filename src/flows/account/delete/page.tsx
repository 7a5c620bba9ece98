import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { WORDS as FIELD_WORDS } from "../../../forms/words.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { Checkbox, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface DeleteErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
  readonly confirmation?: "confirmation-missing" | undefined;
}

export interface DeletePageProps {
  view: PageView;
  account: Account;
  errors?: DeleteErrors | undefined;
}

export function DeletePage({ view, account, errors = {} }: DeletePageProps) {
  const { language } = view;
  const words = WORDS[language];
  const messages = {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    confirmation: errors.confirmation && words.confirmationMissing,
  };
  const problems = listErrors(messages);
  return (
    <Layout view={view} title={words.title} signOut errors={problems.length > 0}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={problems} />
        <Notice tone="warning">{words.warning}</Notice>
        <LinkRow lead={words.keep} href="/app/account/export" label={words.download} />
        <Form action="/app/account/delete" submit={words.submit} busy={words.busy} madeFor={account.id} tone="danger">
          <CurrentPasswordField language={language} email={account.email} error={messages.currentPassword} />
          <Checkbox name="confirmation" label={words.confirmation} error={messages.confirmation} />
        </Form>
        <LinkRow href="/app/account" label={FIELD_WORDS[language].backToAccount} />
      </Panel>
    </Layout>
  );
}
