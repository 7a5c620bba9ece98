import type { EmailProblem } from "../../auth/email-address.ts";
import { EMAIL_MESSAGES } from "../../forms/email.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../views/feedback.tsx";
import { EmailField, Form } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";

export interface ForgotPasswordPageProps {
  email?: string | undefined;
  problem?: EmailProblem | undefined;
  returnPath: string | null;
}

export function ForgotPasswordPage({ email, problem, returnPath }: ForgotPasswordPageProps) {
  const error = problem && EMAIL_MESSAGES[problem];
  return (
    <Layout title="Forgotten password" errors={problem !== undefined}>
      <Panel title="Forgotten your password?">
        <ErrorSummary errors={listErrors({ email: error })} />
        <p>Tell us your address. We mail you a link with which you choose a new password.</p>
        <Form
          action="/auth/forgot-password"
          submit="Send the link"
          busy="Sending…"
          returnPath={returnPath ?? undefined}
        >
          <EmailField
            name="email"
            label="E-mail address"
            value={email}
            autocomplete="username"
            enterKeyHint="send"
            error={error}
          />
        </Form>
        <LinkRow lead="Remembered it?" href={withReturnPath("/auth/signin", returnPath)} label="Sign in" />
      </Panel>
    </Layout>
  );
}

export interface MailSentPageProps {
  mailViewerUrl: string | null;
  returnPath: string | null;
}

export function MailSentPage({ mailViewerUrl, returnPath }: MailSentPageProps) {
  return (
    <Layout title="Check your mail">
      <Panel title="Check your mail">
        <p>
          If there is an account with that address, a link to choose a new password is on its way. It is good for 60
          minutes.
        </p>
        <p>It may take a minute; look among unwanted mail, too. Nothing there? The account may have another address.</p>
        {mailViewerUrl && <LinkRow lead="In development," href={mailViewerUrl} label="mail shows up here" />}
        <LinkRow lead="No mail?" href={withReturnPath("/auth/forgot-password", returnPath)} label="Ask again" />
      </Panel>
    </Layout>
  );
}
