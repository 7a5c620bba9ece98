import { PASSWORD_MIN_CODE_POINTS } from "../../auth/password-rules.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../views/feedback.tsx";
import { EmailField, Form, PasswordField } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import type { SignupErrors } from "./form.ts";

const MESSAGES: Record<NonNullable<SignupErrors[keyof SignupErrors]>, string> = {
  "email-missing": "Enter your e-mail address",
  "email-invalid": "Enter an e-mail address like name@example.com",
  "email-taken": "There is an account with this address already. Sign in, or use another address",
  "password-missing": "Choose a password",
  "password-too-short": `Choose a password of at least ${PASSWORD_MIN_CODE_POINTS} characters`,
  "password-too-long": "Choose a password of at most 256 characters",
  "password-malformed": "This password holds characters that do not arrive whole. Choose another",
  "password-common": "This password is among the first that attackers try. Choose another",
  "password-contains-address": "Choose a password that does not contain your address",
  "password-contains-service": "Choose a password that does not contain the name of this service",
  "confirmation-differs": "The two passwords are not the same",
};

export interface SignupPageProps {
  email?: string | undefined;
  errors?: SignupErrors | undefined;
  returnPath: string | null;
}

export function SignupPage({ email, errors = {}, returnPath }: SignupPageProps) {
  const messages = {
    email: errors.email && MESSAGES[errors.email],
    password: errors.password && MESSAGES[errors.password],
    passwordConfirmation: errors.passwordConfirmation && MESSAGES[errors.passwordConfirmation],
  };
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
          <PasswordField
            name="password"
            label="Password"
            autocomplete="new-password"
            help={`At least ${PASSWORD_MIN_CODE_POINTS} characters. A few words make a good one.`}
            minLength={PASSWORD_MIN_CODE_POINTS}
            error={messages.password}
          />
          <PasswordField
            name="passwordConfirmation"
            label="The same password again"
            autocomplete="new-password"
            enterKeyHint="go"
            error={messages.passwordConfirmation}
          />
        </Form>
        <LinkRow lead="Already have an account?" href={withReturnPath("/auth/signin", returnPath)} label="Sign in" />
      </Panel>
    </Layout>
  );
}
