import { MailViewer } from "../../forms/mail-viewer.tsx";
import type { CodeProblem } from "../../forms/mailed-code.ts";
import { messages as fieldMessages } from "../../forms/messages.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { readableEmail } from "../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../i18n/language.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, Notice, type Refusal, RefusalNotice } from "../../views/feedback.tsx";
import { ButtonForm, EmailField, Form, PasswordField, TextField } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import { type LinkPasswordProblem, messages } from "./messages.ts";

const RESEND = "/auth/verify-email/resend";

export interface VerifyEmailPageProps {
  locale: RequestLocale;
  /** The email to verify; undefined if this browser has no pending verification. */
  email?: string | undefined;
  /** Whether a message was sent to `email`. */
  sent: boolean;
  /** Whether another message was just requested. */
  isResent?: boolean | undefined;
  /** The code as typed. */
  code?: string | undefined;
  problem?: CodeProblem | undefined;
  refusal?: Refusal | undefined;
  madeFor: string;
  /** Whether the visitor is signed in. Signed-in people can always request another message. */
  isSignedIn: boolean;
  returnPath: string | null;
  mailViewerUrl: string | null;
}

export function VerifyEmailPage({
  locale,
  email,
  sent,
  isResent = false,
  code,
  problem,
  refusal,
  madeFor,
  isSignedIn,
  returnPath,
  mailViewerUrl,
}: VerifyEmailPageProps) {
  const { language } = locale;
  const text = messages[language];
  const error = problem && text.codeProblems[problem];
  const redirectTo = returnPath ?? undefined;
  return (
    <Layout locale={locale} title={text.title} errors={(problem ?? refusal) !== undefined}>
      <Panel title={sent ? text.sentHeading : text.title}>
        <ErrorSummary language={language} errors={listErrors({ code: error })} />
        <RefusalNotice refusal={refusal} />
        {isResent && email && (
          <Notice tone="success">
            <p>{text.resent(<strong>{readableEmail(email)}</strong>)}</p>
          </Notice>
        )}
        {sent && (
          <>
            <p>{email ? text.sentTo(<strong>{readableEmail(email)}</strong>) : text.sent}</p>
            <Form
              action="/auth/verify-email"
              submit={text.submit}
              busy={text.busy}
              madeFor={madeFor}
              returnPath={redirectTo}
            >
              <TextField
                name="code"
                label={text.code}
                value={code}
                help={text.codeHelp}
                autocomplete="one-time-code"
                inputMode="numeric"
                enterKeyHint="go"
                error={error}
                focused
                sendsForm
              />
            </Form>
          </>
        )}
        {!sent && (
          <>
            <p>{text.notSent(<strong>{readableEmail(email ?? "")}</strong>)}</p>
            <p>{text.haveEmail}</p>
          </>
        )}
        {problem === "gone" && !isSignedIn ? (
          <LinkRow lead={text.doneOrNewCode} href={withReturnPath("/auth/signin", returnPath)} label={text.signin} />
        ) : (
          <ButtonForm
            action={RESEND}
            tone={sent ? "quiet" : "primary"}
            submit={sent ? text.sendAnother : text.sendFirst}
            busy={text.sending}
            madeFor={madeFor}
            returnPath={redirectTo}
            held={refusal?.reason === "too-many-mails"}
          />
        )}
        <LinkRow
          lead={text.wrongEmail}
          href={isSignedIn ? "/app/account/email" : withReturnPath("/auth/signup", returnPath)}
          label={text.useAnother}
        />
        <MailViewer url={mailViewerUrl} />
      </Panel>
    </Layout>
  );
}

export interface VerifyLinkPageProps {
  locale: RequestLocale;
  action: string;
  /** The email to verify. */
  email: string;
  madeFor: string;
  /** Whether the password is required, because another browser requested the link. */
  asksPassword: boolean;
  problem?: LinkPasswordProblem | undefined;
  returnPath: string | null;
}

/** The page that the link in the message opens. */
export function VerifyLinkPage({
  locale,
  action,
  email,
  madeFor,
  asksPassword,
  problem,
  returnPath,
}: VerifyLinkPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const error = problem && text.linkPasswordProblems[problem];
  return (
    <Layout locale={locale} title={text.title} errors={problem !== undefined}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={listErrors({ password: error })} />
        <p>{text.linkLead(<strong>{readableEmail(email)}</strong>)}</p>
        {!asksPassword && <Notice tone="warning">{text.linkWarning}</Notice>}
        <Form
          action={action}
          submit={text.linkSubmit}
          busy={text.busy}
          madeFor={madeFor}
          returnPath={returnPath ?? undefined}
        >
          {asksPassword && (
            <>
              {/* The server ignores this field. It tells password managers which account the password is for. */}
              <EmailField name="email" label={fields.email} value={email} autocomplete="username" readOnly />
              <PasswordField
                name="password"
                label={fields.password}
                help={text.linkPasswordHelp}
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
