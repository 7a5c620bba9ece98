import { EMAIL_MESSAGES } from "../../forms/email.ts";
import { NewPasswordFields, newPasswordMessages } from "../../forms/new-password.tsx";
import { withReturnPath } from "../../http/return-path.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../views/feedback.tsx";
import { EmailField, Form } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import type { SignupErrors } from "./form.ts";

const MESSAGES: Record<NonNullable<SignupErrors["email"]>, string> = {
  ...EMAIL_MESSAGES,
  "email-taken": "There is an account with this address already. Sign in, or use another address",
};

export interface SignupPageProps {
  email?: string | undefined;
  errors?: SignupErrors | undefined;
  returnPath: string | null;
}

export function SignupPage({ email, errors = {}, returnPath }: SignupPageProps) {
  const messages = { email: errors.email && MESSAGES[errors.email], ...newPasswordMessages(errors) };
  const problems = listErrors(messages);
  return (
    <Layout title="Create an account" errors={problems.length > 0}>
      <Panel title="Create an account">
        <ErrorSummary errors={problems} />
        <Form
          action="/auth/signup"
          submit="Create account"
          busy="Creating your account…"
          returnPath={returnPath ?? undefined}
        >
          <EmailField
            name="email"
            label="E-mail address"
            value={email}
            autocomplete="username"
            error={messages.email}
          />
          <NewPasswordFields messages={messages} />
        </Form>
        <LinkRow lead="Already have an account?" href={withReturnPath("/auth/signin", returnPath)} label="Sign in" />
      </Panel>
    </Layout>
  );
}
