import type { CurrentPasswordProblem } from "../../auth/accounts.ts";
import { currentPasswordMessage } from "../../forms/current-password.tsx";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../views/feedback.tsx";
import { ButtonForm, EmailField, Form, PasswordField } from "../../views/form.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";

export interface ConfirmEmailPageProps {
  action: string;
  /** The new one. */
  email: string;
  /** Whether the account is signed in here. */
  own: boolean;
  problem?: CurrentPasswordProblem | undefined;
}

/** Where the mailed link leads. */
export function ConfirmEmailPage({ action, email, own, problem }: ConfirmEmailPageProps) {
  const error = currentPasswordMessage(problem);
  return (
    <Layout title="Confirm your new address" errors={error !== undefined}>
      <Panel title="Confirm your new address">
        <ErrorSummary errors={listErrors({ currentPassword: error })} />
        <p>
          Your account will have the address <strong>{email}</strong>, and every other device is signed out.
        </p>
        <Notice tone="warning">If somebody else asked you to do this, do not: close this page.</Notice>
        <Form action={action} submit="Confirm" busy="Confirming…">
          {!own && (
            <>
              {/* Sent back but not read: password managers then keep the password under the new address. */}
              <EmailField name="account" label="New address" value={email} autocomplete="username" readOnly />
              <PasswordField
                name="currentPassword"
                label="Your password"
                help="Of the account that gets this address. It shows that the account is yours, for you are not signed in here."
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

export function OtherAccountPage({ signedInAs }: { signedInAs: string }) {
  return (
    <Layout title="This link is for another account">
      <Panel title="This link is for another account">
        <p>
          You are signed in as <strong>{signedInAs}</strong>. Nothing was changed. Sign out, then open the link in the
          mail once more.
        </p>
        <ButtonForm action="/auth/signout" submit="Sign out" busy="Signing out…" />
        <ButtonLink href="/app" tone="quiet">
          Stay signed in
        </ButtonLink>
      </Panel>
    </Layout>
  );
}

/** Told only to whoever reads the mail of that address. */
export function TakenPage({ email }: { email: string }) {
  return (
    <Layout title="This address is not free">
      <Panel title="This address is not free">
        <p>
          <strong>{email}</strong> has an account already, or had one until a few days ago. Nothing was changed: your
          account keeps the address it has.
        </p>
        <ButtonLink href="/app/account/email">Choose another address</ButtonLink>
      </Panel>
    </Layout>
  );
}

/** One answer for forged, cut, used, replaced and expired links: it tells nobody which it was. */
export function DeadLinkPage() {
  return (
    <Layout title="This link does not count any more">
      <Panel title="This link does not count any more">
        <p>It was used already, a newer one has replaced it, or it is older than 60 minutes. Look at your account.</p>
        <ButtonLink href="/app/account">Your account</ButtonLink>
      </Panel>
    </Layout>
  );
}
