import { withReturnPath } from "../../http/return-path.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../views/feedback.tsx";
import { EmailField, Form, PasswordField } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import type { SigninErrors, SigninProblem } from "./form.ts";

const MESSAGES: Record<SigninProblem, string> = {
  "email-missing": "Enter your e-mail address",
  "email-invalid": "Enter an e-mail address like name@example.com",
  "password-missing": "Enter your password",
  "wrong-credentials": "That address and password do not belong together",
};

export interface SigninPageProps {
  email?: string | undefined;
  errors?: SigninErrors | undefined;
  returnPath: string | null;
}

export function SigninPage({ email, errors = {}, returnPath }: SigninPageProps) {
  const messages = {
    email: errors.email && MESSAGES[errors.email],
    password: errors.password && MESSAGES[errors.password],
  };
  const problems = listErrors(messages);
  return (
    <Layout title="Sign in" errors={problems.length > 0}>
      <Panel title="Sign in">
        <ErrorSummary errors={problems} />
        <Form action="/auth/signin" submit="Sign in" busy="Signing in…" returnPath={returnPath ?? undefined}>
          <EmailField
            name="email"
            label="E-mail address"
            value={email}
            autocomplete="username"
            error={messages.email}
          />
          <PasswordField
            name="password"
            label="Password"
            autocomplete="current-password"
            enterKeyHint="go"
            error={messages.password}
          />
        </Form>
        <LinkRow lead="New here?" href={withReturnPath("/auth/signup", returnPath)} label="Create an account" />
      </Panel>
    </Layout>
  );
}
