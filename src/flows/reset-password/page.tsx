import { type NewPasswordErrors, NewPasswordFields, newPasswordMessages } from "../../forms/new-password.tsx";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../views/feedback.tsx";
import { EmailField, Form } from "../../views/form.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";

export interface ResetPasswordPageProps {
  email: string;
  errors?: NewPasswordErrors | undefined;
  returnPath: string | null;
}

export function ResetPasswordPage({ email, errors = {}, returnPath }: ResetPasswordPageProps) {
  const messages = newPasswordMessages(errors);
  const problems = listErrors(messages);
  return (
    <Layout title="Choose a new password" errors={problems.length > 0}>
      <Panel title="Choose a new password">
        <ErrorSummary errors={problems} />
        <p>With it you are signed out everywhere; then sign in with the new one.</p>
        <Form
          action="/auth/reset-password"
          submit="Change password"
          busy="Changing…"
          returnPath={returnPath ?? undefined}
        >
          {/* Sent back but not read: it tells password managers whose password this is. */}
          <EmailField name="email" label="E-mail address" value={email} autocomplete="username" readOnly />
          <NewPasswordFields messages={messages} />
        </Form>
      </Panel>
    </Layout>
  );
}

/** One answer for forged, cut, used, replaced and expired links: it tells nobody which it was. */
export function DeadLinkPage() {
  return (
    <Layout title="This link does not count any more">
      <Panel title="This link does not count any more">
        <p>
          It was used already, a newer one has replaced it, or it is older than 60 minutes. If you have just changed
          your password, sign in with it.
        </p>
        <ButtonLink href="/auth/forgot-password">Ask for a new link</ButtonLink>
      </Panel>
    </Layout>
  );
}
