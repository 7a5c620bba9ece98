import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../views/feedback.tsx";
import { ButtonForm, EmailField, Form, PasswordField, TextField } from "../../views/form.tsx";
import { ButtonLink, LinkRow, Panel } from "../../views/panel.tsx";
import type { CodeProblem } from "./form.ts";

const RESEND = "/auth/verify-email/resend";

const MESSAGES: Record<CodeProblem, string> = {
  missing: "Type the code from our mail",
  malformed: "The code has 8 digits and nothing else",
  wrong: "This is not the code from our newest mail. Check it, or have a new one sent",
  "tries-used-up": "That was one wrong code too many. Have a new one sent",
  expired: "This code is older than 10 minutes. Have a new one sent, or use the link in the mail",
  gone: "This code does not count any more: it was used, or a newer mail has replaced it",
};

export interface VerifyEmailPageProps {
  /** Unknown where this browser has asked for nothing. */
  email?: string | undefined;
  /** Whether a mail is on its way to it. */
  sent: boolean;
  problem?: CodeProblem | undefined;
  returnPath: string | null;
  mailViewerUrl: string | null;
}

export function VerifyEmailPage({ email, sent, problem, returnPath, mailViewerUrl }: VerifyEmailPageProps) {
  const error = problem && MESSAGES[problem];
  const redirectTo = returnPath ?? undefined;
  return (
    <Layout title="Verify your address" errors={problem !== undefined}>
      <Panel title={sent ? "Check your mail" : "Verify your address"}>
        <ErrorSummary errors={listErrors({ code: error })} />
        {sent && (
          <>
            <p>
              {email ? (
                <>
                  We have written to <strong>{email}</strong>. Type the code from that mail, or use the link in it.
                </>
              ) : (
                "Type the code from our mail, or use the link in it."
              )}
            </p>
            <Form action="/auth/verify-email" submit="Verify" busy="Verifying…" returnPath={redirectTo}>
              <TextField
                name="code"
                label="Code"
                help="8 digits. It may take a minute to arrive; look among unwanted mail, too."
                autocomplete="one-time-code"
                inputMode="numeric"
                enterKeyHint="go"
                error={error}
              />
            </Form>
          </>
        )}
        {!sent && (
          <p>
            We send a code and a link to <strong>{email}</strong>, to know that mail reaches you there.
          </p>
        )}
        <ButtonForm
          action={RESEND}
          tone={sent ? "quiet" : "primary"}
          submit={sent ? "Send another mail" : "Send me a code"}
          busy="Sending…"
          returnPath={redirectTo}
        />
        {mailViewerUrl && <LinkRow lead="In development," href={mailViewerUrl} label="mail shows up here" />}
      </Panel>
    </Layout>
  );
}

const PASSWORD_MESSAGES = {
  missing: "Enter the password that you have chosen for this account",
  wrong: "This is not the password of whoever asked for this mail. Use the link in our newest mail, or sign up again",
} as const;

export interface VerifyLinkPageProps {
  action: string;
  /** The address, where this browser is not the one that asked, and so must say the password that goes with it. */
  foreign?: string | undefined;
  problem?: keyof typeof PASSWORD_MESSAGES | undefined;
  returnPath: string | null;
}

/** Where the mailed link leads. */
export function VerifyLinkPage({ action, foreign, problem, returnPath }: VerifyLinkPageProps) {
  const error = problem && PASSWORD_MESSAGES[problem];
  return (
    <Layout title="Verify your address" errors={problem !== undefined}>
      <Panel title="Verify your address">
        <ErrorSummary errors={listErrors({ password: error })} />
        <p>Go on if you are creating an account, or verifying your address, right now.</p>
        {!foreign && <Notice tone="warning">If somebody else asked you to, do not: close this page.</Notice>}
        <Form action={action} submit="Verify my address" busy="Verifying…" returnPath={returnPath ?? undefined}>
          {foreign && (
            <>
              {/* Sent back but not read: it tells password managers whose password this is. */}
              <EmailField name="email" label="E-mail address" value={foreign} autocomplete="username" readOnly />
              <PasswordField
                name="password"
                label="Password"
                help="The one you chose when you signed up. It shows that the account is yours, for you are not in the browser that asked."
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

/** One answer for forged, cut, used, replaced and expired links: it tells nobody which it was. */
export function DeadLinkPage() {
  return (
    <Layout title="This does not count any more">
      <Panel title="This does not count any more">
        <p>
          It was used already, a newer mail has replaced it, or it is too old. If your account is made, sign in; if not,
          create it again.
        </p>
        <ButtonLink href="/auth/signin">Sign in</ButtonLink>
        <ButtonLink href="/auth/signup" tone="quiet">
          Create an account
        </ButtonLink>
      </Panel>
    </Layout>
  );
}
