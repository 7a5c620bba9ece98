import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { currentPasswordMessage } from "../../../forms/current-password.tsx";
import { NOBODY } from "../../../forms/made-for.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { EmailField, Form, PasswordField } from "../../../views/form.tsx";
import { ButtonLink, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface ConfirmEmailPageProps {
  view: PageView;
  action: string;
  /** The new one. */
  email: string;
  /** The account that gets it, if it is signed in here; elsewhere its present email is not told. */
  account: Account | null;
  problem?: CurrentPasswordProblem | undefined;
}

/** Where the mailed link leads. */
export function ConfirmEmailPage({ view, action, email, account, problem }: ConfirmEmailPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const error = currentPasswordMessage(language, problem);
  return (
    <Layout view={view} title={words.title} errors={error !== undefined}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={listErrors({ currentPassword: error })} />
        <p>
          {account === null
            ? words.lead(<strong>{readableEmail(email)}</strong>)
            : words.leadOwn(<strong>{readableEmail(account.email)}</strong>, <strong>{readableEmail(email)}</strong>)}
        </p>
        <Notice tone="warning">{words.warning}</Notice>
        <Form action={action} submit={words.submit} busy={words.busy} madeFor={account?.id ?? NOBODY}>
          {account === null && (
            <>
              {/* Sent back but not read: password managers then keep the password under the new address. */}
              <EmailField name="account" label={words.newAddress} value={email} autocomplete="username" readOnly />
              <PasswordField
                name="currentPassword"
                label={words.password}
                help={words.passwordHelp}
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

/** Told only to whoever reads the mail of that address. */
export function TakenPage({ view, email }: { view: PageView; email: string }) {
  const words = WORDS[view.language];
  return (
    <Layout view={view} title={words.takenTitle}>
      <Panel title={words.takenTitle}>
        <p>{words.taken(<strong>{readableEmail(email)}</strong>)}</p>
        <ButtonLink href="/app/account/email">{words.chooseAnother}</ButtonLink>
      </Panel>
    </Layout>
  );
}
