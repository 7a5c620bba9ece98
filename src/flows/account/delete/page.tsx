import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { Checkbox, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import type { DeleteErrors } from "./handlers.tsx";

const CONFIRMATION_MISSING = "Say that you want this: nothing brings the account back";

export interface DeletePageProps {
  email: string;
  errors?: DeleteErrors | undefined;
}

export function DeletePage({ email, errors = {} }: DeletePageProps) {
  const messages = {
    currentPassword: currentPasswordMessage(errors.currentPassword),
    confirmation: errors.confirmation && CONFIRMATION_MISSING,
  };
  const problems = listErrors(messages);
  return (
    <Layout title="Delete account" signOut="Sign out" errors={problems.length > 0}>
      <Panel title="Delete account">
        <ErrorSummary errors={problems} />
        <Notice tone="warning">
          This removes your address, your password, every session, and the activity of your account. We cannot bring it
          back.
        </Notice>
        <LinkRow lead="Want to keep something?" href="/app/account/export" label="Download your data" />
        <Form action="/app/account/delete" submit="Delete my account" busy="Deleting…" tone="danger">
          <CurrentPasswordField email={email} error={messages.currentPassword} />
          <Checkbox name="confirmation" label="Yes, delete my account for good" error={messages.confirmation} />
        </Form>
        <LinkRow href="/app/account" label="Back to your account" />
      </Panel>
    </Layout>
  );
}
