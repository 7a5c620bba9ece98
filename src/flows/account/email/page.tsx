import type { EmailProblem } from "../../../auth/email-address.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { EMAIL_MESSAGES } from "../../../forms/email.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { EmailField, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import type { EmailErrors } from "./handlers.tsx";

export type EmailPageProblem = EmailProblem | "email-unchanged";

const MESSAGES: Record<EmailPageProblem, string> = {
  ...EMAIL_MESSAGES,
  "email-unchanged": "This is your address already",
};

export interface EmailPageProps {
  current: string;
  asksPassword: boolean;
  /** What was typed. */
  email?: string | undefined;
  errors?: EmailErrors | undefined;
}

export function EmailPage({ current, asksPassword, email, errors = {} }: EmailPageProps) {
  const messages = {
    email: errors.email && MESSAGES[errors.email],
    currentPassword: currentPasswordMessage(errors.currentPassword),
  };
  const problems = listErrors(messages);
  return (
    <Layout title="Change address" signOut="Sign out" errors={problems.length > 0}>
      <Panel title="Change address">
        <ErrorSummary errors={problems} />
        <p>
          We send a link to the new address. Until it is opened there, <strong>{current}</strong> stays yours. Then you
          are signed out on every other device, and can take it back for 7 days with the mail we send to the old one.
        </p>
        <Form action="/app/account/email" submit="Send the link" busy="Sending…">
          <EmailField
            name="email"
            label="New e-mail address"
            value={email}
            autocomplete="email"
            enterKeyHint="send"
            error={messages.email}
          />
          {asksPassword && <CurrentPasswordField email={current} error={messages.currentPassword} />}
        </Form>
        <LinkRow href="/app/account" label="Back to your account" />
      </Panel>
    </Layout>
  );
}

export function EmailSentPage({ mailViewerUrl }: { mailViewerUrl: string | null }) {
  return (
    <Layout title="Check your mail" signOut="Sign out">
      <Panel title="Check your mail">
        <p>
          A mail is on its way to the new address. Open the link in it within 60 minutes, best in this browser. Nothing
          changes before.
        </p>
        <p>It may take a minute; look among unwanted mail, too.</p>
        {mailViewerUrl && <LinkRow lead="In development," href={mailViewerUrl} label="mail shows up here" />}
        <LinkRow lead="No mail?" href="/app/account/email" label="Ask again" />
        <LinkRow href="/app/account" label="Back to your account" />
      </Panel>
    </Layout>
  );
}
