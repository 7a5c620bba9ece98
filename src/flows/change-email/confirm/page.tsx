import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { currentPasswordMessage } from "../../../forms/current-password.tsx";
import { NOBODY } from "../../../forms/made-for.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { EmailField, Form, PasswordField } from "../../../views/form.tsx";
import { ButtonLink, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface ConfirmEmailPageProps {
  locale: RequestLocale;
  action: string;
  /** The new email. */
  email: string;
  /** The account if it is signed in here, otherwise null. Only its own browser may show its current email. */
  account: Account | null;
  problem?: CurrentPasswordProblem | undefined;
}

/** The page that the link in the message opens. */
export function ConfirmEmailPage({ locale, action, email, account, problem }: ConfirmEmailPageProps) {
  const { language } = locale;
  const text = messages[language];
  const error = currentPasswordMessage(language, problem);
  return (
    <Layout locale={locale} title={text.title} errors={error !== undefined}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={listErrors({ currentPassword: error })} />
        <p>
          {account === null
            ? text.lead(<strong>{readableEmail(email)}</strong>)
            : text.leadOwn(<strong>{readableEmail(account.email)}</strong>, <strong>{readableEmail(email)}</strong>)}
        </p>
        <Notice tone="warning">{text.warning}</Notice>
        <Form action={action} submit={text.submit} busy={text.busy} madeFor={account?.id ?? NOBODY}>
          {account === null && (
            <>
              {/* The server ignores this field. It makes password managers use the new email. */}
              <EmailField name="account" label={text.newEmail} value={email} autocomplete="username" readOnly />
              <PasswordField
                name="currentPassword"
                label={text.password}
                help={text.passwordHelp}
                autocomplete="current-password"
                enterKeyHint="go"
                error={error}
              />
            </>
          )}
        </Form>
      </Panel>
    </Layout>
  );
}

/** Tells that another account has the email. Shown only after access to its mailbox was proved. */
export function TakenPage({ locale, email }: { locale: RequestLocale; email: string }) {
  const text = messages[locale.language];
  return (
    <Layout locale={locale} title={text.takenTitle}>
      <Panel title={text.takenTitle}>
        <p>{text.taken(<strong>{readableEmail(email)}</strong>)}</p>
        <ButtonLink href="/app/account/email">{text.chooseAnother}</ButtonLink>
      </Panel>
    </Layout>
  );
}
