import { MailViewer } from "../../forms/mail-viewer.tsx";
import { WORDS as FIELD_WORDS } from "../../forms/words.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { readableEmail } from "../../i18n/email-syntax.ts";
import type { PageView } from "../../i18n/language.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../views/feedback.tsx";
import { ButtonForm, EmailField, Form, PasswordField, TextField } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import type { CodeProblem } from "./form.ts";
import { type LinkPasswordProblem, WORDS } from "./words.ts";

const RESEND = "/auth/verify-email/resend";

export interface VerifyEmailPageProps {
  view: PageView;
  /** Unknown where this browser has asked for nothing. */
  email?: string | undefined;
  /** Whether a mail is on its way to it. */
  sent: boolean;
  problem?: CodeProblem | undefined;
  madeFor: string;
  /** Whether somebody is signed in here, who can always have another mail sent. */
  isMember?: boolean | undefined;
  returnPath: string | null;
  mailViewerUrl: string | null;
}

export function VerifyEmailPage({
  view,
  email,
  sent,
  problem,
  madeFor,
  isMember = true,
  returnPath,
  mailViewerUrl,
}: VerifyEmailPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const error = problem && words.codeProblems[problem];
  const redirectTo = returnPath ?? undefined;
  return (
    <Layout view={view} title={words.title} errors={problem !== undefined}>
      <Panel title={sent ? words.sentHeading : words.title}>
        <ErrorSummary language={language} errors={listErrors({ code: error })} />
        {sent && (
          <>
            <p>{email ? words.sentTo(<strong>{readableEmail(email)}</strong>) : words.sent}</p>
            <Form
              action="/auth/verify-email"
              submit={words.submit}
              busy={words.busy}
              madeFor={madeFor}
              returnPath={redirectTo}
            >
              <TextField
                name="code"
                label={words.code}
                help={words.codeHelp}
                autocomplete="one-time-code"
                inputMode="numeric"
                enterKeyHint="go"
                error={error}
              />
            </Form>
          </>
        )}
        {!sent && <p>{words.notSent(<strong>{readableEmail(email ?? "")}</strong>)}</p>}
        {problem === "gone" && !isMember ? (
          <>
            <LinkRow
              lead={words.verifiedElsewhere}
              href={withReturnPath("/auth/signin", returnPath)}
              label={words.signin}
            />
            <LinkRow lead={words.newCode} href={withReturnPath("/auth/signup", returnPath)} label={words.signup} />
          </>
        ) : (
          <ButtonForm
            action={RESEND}
            tone={sent ? "quiet" : "primary"}
            submit={sent ? words.sendAnother : words.sendFirst}
            busy={words.sending}
            madeFor={madeFor}
            returnPath={redirectTo}
          />
        )}
        <MailViewer url={mailViewerUrl} />
      </Panel>
    </Layout>
  );
}

export interface VerifyLinkPageProps {
  view: PageView;
  action: string;
  /** What is to be verified. */
  email: string;
  madeFor: string;
  /** Whether this browser is not the one that asked, and so must say the password that goes with the email. */
  asksPassword: boolean;
  problem?: LinkPasswordProblem | undefined;
  returnPath: string | null;
}

/** Where the mailed link leads. */
export function VerifyLinkPage({
  view,
  action,
  email,
  madeFor,
  asksPassword,
  problem,
  returnPath,
}: VerifyLinkPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const fields = FIELD_WORDS[language];
  const error = problem && words.linkPasswordProblems[problem];
  return (
    <Layout view={view} title={words.title} errors={problem !== undefined}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={listErrors({ password: error })} />
        <p>{words.linkLead(<strong>{readableEmail(email)}</strong>)}</p>
        {!asksPassword && <Notice tone="warning">{words.linkWarning}</Notice>}
        <Form
          action={action}
          submit={words.linkSubmit}
          busy={words.busy}
          madeFor={madeFor}
          returnPath={returnPath ?? undefined}
        >
          {asksPassword && (
            <>
              {/* Sent back but not read: it tells password managers whose password this is. */}
              <EmailField name="email" label={fields.email} value={email} autocomplete="username" readOnly />
              <PasswordField
                name="password"
                label={fields.password}
                help={words.linkPasswordHelp}
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
