import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { type NewPasswordErrors, NewPasswordFields, newPasswordMessages } from "../../../forms/new-password.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card } from "../../../views/account.tsx";
import { ErrorSummary, listErrors, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { EmailField, Form } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface PasswordErrors extends NewPasswordErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
}

export interface PasswordPageProps {
  locale: RequestLocale;
  account: Account;
  /** Whether the form asks for the current password. */
  asksPassword: boolean;
  errors?: PasswordErrors | undefined;
  refusal?: Refusal | undefined;
}

export function PasswordPage({ locale, account, asksPassword, errors = {}, refusal }: PasswordPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const errorMessages = {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    ...newPasswordMessages(language, errors),
  };
  const problems = listErrors(errorMessages);
  const isFirst = !asksPassword && account.passwordChangedAt === null;
  const title = isFirst ? text.chooseTitle : text.title;
  return (
    <AccountLayout
      locale={locale}
      email={account.email}
      section="security"
      title={title}
      errors={problems.length > 0 || refusal !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        <p>{text.lead}</p>
        <Form
          action="/app/account/password"
          submit={isFirst ? text.chooseTitle : text.submit}
          busy={text.busy}
          madeFor={account.id}
        >
          {asksPassword ? (
            <CurrentPasswordField language={language} email={account.email} error={errorMessages.currentPassword} />
          ) : (
            <EmailField name="account" label={fields.account} value={account.email} autocomplete="username" readOnly />
          )}
          <NewPasswordFields language={language} label={fields.newPassword} errorMessages={errorMessages} />
        </Form>
        {asksPassword && <LinkRow lead={text.forgotten} href="/auth/forgot-password" label={text.sendLink} />}
        <LinkRow href="/app/account/security" label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}
