import type { CurrentPasswordProblem } from "../../auth/accounts.ts";
import { readableEmail } from "../../email-syntax.ts";
import { currentPasswordMessage } from "../../forms/current-password.tsx";
import type { PageView } from "../../language.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../views/feedback.tsx";
import { EmailField, Form, PasswordField, SignOutForm } from "../../views/form.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface ConfirmEmailPageProps {
  view: PageView;
  action: string;
  /** The new one. */
  email: string;
  /** Whether the account is signed in here. */
  own: boolean;
  problem?: CurrentPasswordProblem | undefined;
}

/** Where the mailed link leads. */
export function ConfirmEmailPage({ view, action, email, own, problem }: ConfirmEmailPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const error = currentPasswordMessage(language, problem);
  return (
    <Layout view={view} title={words.title} errors={error !== undefined}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={listErrors({ currentPassword: error })} />
        <p>{words.lead(<strong>{readableEmail(email)}</strong>)}</p>
        <Notice tone="warning">{words.warning}</Notice>
        <Form action={action} submit={words.submit} busy={words.busy}>
          {!own && (
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

export function OtherAccountPage({ view, signedInAs }: { view: PageView; signedInAs: string }) {
  const words = WORDS[view.language];
  return (
    <Layout view={view} title={words.otherTitle}>
      <Panel title={words.otherTitle}>
        <p>{words.other(<strong>{readableEmail(signedInAs)}</strong>)}</p>
        <SignOutForm language={view.language} />
        <ButtonLink href="/app" tone="quiet">
          {words.stay}
        </ButtonLink>
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
