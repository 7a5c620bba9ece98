import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card } from "../../../views/account.tsx";
import { ErrorSummary, listErrors, Notice, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { Checkbox, Form } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface DeleteErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
  readonly confirmation?: "confirmation-missing" | undefined;
}

export interface DeletePageProps {
  locale: RequestLocale;
  account: Account;
  errors?: DeleteErrors | undefined;
  refusal?: Refusal | undefined;
}

export function DeletePage({ locale, account, errors = {}, refusal }: DeletePageProps) {
  const { language } = locale;
  const text = messages[language];
  const errorMessages = {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    confirmation: errors.confirmation && text.confirmationMissing,
  };
  const problems = listErrors(errorMessages);
  return (
    <AccountLayout
      locale={locale}
      email={account.email}
      section="data"
      title={text.title}
      errors={problems.length > 0 || refusal !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        <Notice tone="warning">{text.warning}</Notice>
        <LinkRow lead={text.keep} href="/app/account/export" label={text.download} />
        <Form action="/app/account/delete" submit={text.submit} busy={text.busy} madeFor={account.id} tone="danger">
          <CurrentPasswordField language={language} email={account.email} error={errorMessages.currentPassword} />
          <Checkbox name="confirmation" label={text.confirmation} error={errorMessages.confirmation} />
        </Form>
        <LinkRow href="/app/account/data" label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}
