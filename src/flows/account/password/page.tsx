import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { NewPasswordFields, newPasswordMessages } from "../../../forms/new-password.tsx";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import type { PasswordErrors } from "./handlers.tsx";

export interface PasswordPageProps {
  email: string;
  errors?: PasswordErrors | undefined;
}

export function PasswordPage({ email, errors = {} }: PasswordPageProps) {
  const messages = {
    currentPassword: currentPasswordMessage(errors.currentPassword),
    ...newPasswordMessages(errors),
  };
  const problems = listErrors(messages);
  return (
    <Layout title="Change password" signOut="Sign out" errors={problems.length > 0}>
      <Panel title="Change password">
        <ErrorSummary errors={problems} />
        <p>Every other device is signed out by it. This one stays.</p>
        <Form action="/app/account/password" submit="Change password" busy="Changing…">
          <CurrentPasswordField email={email} error={messages.currentPassword} />
          <NewPasswordFields label="New password" messages={messages} />
        </Form>
        <LinkRow lead="Forgotten it?" href="/auth/forgot-password" label="Have a link sent" />
        <LinkRow href="/app/account" label="Back to your account" />
      </Panel>
    </Layout>
  );
}
