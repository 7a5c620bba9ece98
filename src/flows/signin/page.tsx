import { EMAIL_MESSAGES } from "../../forms/email.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../views/feedback.tsx";
import { EmailField, Form, PasswordField } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import type { SigninErrors } from "./form.ts";

const PASSWORD_MESSAGES: Record<NonNullable<SigninErrors["password"]>, string> = {
  "password-missing": "Enter your password",
  "wrong-credentials": "That address and password do not belong together",
};

/** What other flows that end here have to say, by the query value `notice`. */
const NOTICES = {
  verified: "Your address is verified. Sign in, or go on in the browser in which you signed up.",
  "password-changed": "Your password is changed, and you are signed out everywhere. Sign in with the new one.",
  "email-changed": "Your address is changed, and you are signed out everywhere. Sign in with the new one.",
  "signed-out-everywhere": "Every device is signed out, this one too. Sign in again.",
  superseded: "Something else about your account was changed just before, so this was not. Sign in and look again.",
  "password-reset": "Your password is changed, and you are signed out everywhere. Sign in with the new one.",
} as const;

export type SigninNotice = keyof typeof NOTICES;

export function isSigninNotice(value: string | null): value is SigninNotice {
  return value !== null && Object.hasOwn(NOTICES, value);
}

export interface SigninPageProps {
  email?: string | undefined;
  errors?: SigninErrors | undefined;
  notice?: SigninNotice | undefined;
  returnPath: string | null;
}

export function SigninPage({ email, errors = {}, notice, returnPath }: SigninPageProps) {
  const messages = {
    email: errors.email && EMAIL_MESSAGES[errors.email],
    password: errors.password && PASSWORD_MESSAGES[errors.password],
  };
  const problems = listErrors(messages);
  return (
    <Layout title="Sign in" errors={problems.length > 0}>
      <Panel title="Sign in">
        <ErrorSummary errors={problems} />
        {notice && <Notice tone={notice === "superseded" ? "warning" : "success"}>{NOTICES[notice]}</Notice>}
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
        <LinkRow href={withReturnPath("/auth/forgot-password", returnPath)} label="Forgotten your password?" />
        <LinkRow lead="New here?" href={withReturnPath("/auth/signup", returnPath)} label="Create an account" />
      </Panel>
    </Layout>
  );
}
