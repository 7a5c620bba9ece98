import { NOBODY } from "../../forms/made-for.ts";
import { messages as fieldMessages } from "../../forms/messages.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { readableEmail } from "../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../i18n/language.ts";
import { HOME_PATH } from "../../request/access.ts";
import { ATTEMPTS_LEFT_MAX } from "../../store/counters.ts";
import { Layout } from "../../views/document.tsx";
import {
  ErrorSummary,
  listErrors,
  Notice,
  type NoticeTone,
  type Refusal,
  RefusalNotice,
} from "../../views/feedback.tsx";
import { ButtonForm, EmailField, Form, HiddenField, PasswordField, SignOutForm } from "../../views/form.tsx";
import { ButtonLink, LinkRow, Panel } from "../../views/panel.tsx";
import type { SigninErrors } from "./form.ts";
import { messages } from "./messages.ts";

export type SigninNotice = keyof typeof messages.en.notices;

export function isSigninNotice(value: string | null): value is SigninNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface SigninPageProps {
  locale: RequestLocale;
  email?: string | undefined;
  errors?: SigninErrors | undefined;
  refusal?: Refusal | undefined;
  notice?: SigninNotice | undefined;
  /** The options of a passkey request as JSON; null if passkeys are turned off. */
  passkeyOptions: string | null;
  returnPath: string | null;
}

export function SigninPage({
  locale,
  email,
  errors = {},
  refusal,
  notice,
  passkeyOptions,
  returnPath,
}: SigninPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const errorMessages = {
    email: errors.email && fields.emailProblems[errors.email],
    password: errors.password && describePasswordProblem(text, errors.password, errors.attemptsLeft),
  };
  const problems = listErrors(errorMessages);
  const canReset = refusal?.reason === "too-many-attempts" && email;
  return (
    <Layout locale={locale} title={text.title} errors={problems.length > 0 || refusal !== undefined}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={canReset ? { ...refusal, actions: [] } : refusal}>
          {canReset && (
            <ButtonForm
              action="/auth/forgot-password"
              submit={text.sendResetLink}
              busy={text.sending}
              madeFor={NOBODY}
              returnPath={returnPath ?? undefined}
            >
              <HiddenField name="email" value={email} />
            </ButtonForm>
          )}
        </RefusalNotice>
        {notice && <Notice tone={toneOf(notice)}>{text.notices[notice]}</Notice>}
        <Form
          action="/auth/signin"
          submit={text.submit}
          busy={text.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
        >
          <EmailField
            name="email"
            label={fields.email}
            value={email}
            autocomplete={passkeyOptions === null ? "username" : "username webauthn"}
            error={errorMessages.email}
          />
          <PasswordField
            name="password"
            label={fields.password}
            autocomplete="current-password"
            enterKeyHint="go"
            error={errorMessages.password}
          />
        </Form>
        {passkeyOptions !== null && (
          <ButtonForm
            action="/auth/passkey"
            submit={text.usePasskey}
            busy={text.busy}
            madeFor={NOBODY}
            returnPath={returnPath ?? undefined}
            passkey={{ language, options: passkeyOptions, autofill: true }}
          />
        )}
        <LinkRow href={withReturnPath("/auth/forgot-password", returnPath)} label={text.forgotten} />
        <LinkRow lead={text.newHere} href={withReturnPath("/auth/signup", returnPath)} label={text.signup} />
      </Panel>
    </Layout>
  );
}

/** Warns before sign-in is paused. The count is the same whether or not an account has the email. */
function describePasswordProblem(
  { passwordProblems, attemptsLeft }: (typeof messages)["en"],
  problem: NonNullable<SigninErrors["password"]>,
  left = ATTEMPTS_LEFT_MAX,
): string {
  const message = passwordProblems[problem];
  return left < ATTEMPTS_LEFT_MAX ? `${message}. ${attemptsLeft(left)}` : message;
}

export interface SwitchAccountPageProps {
  locale: RequestLocale;
  /** The notice about an action on an account other than the signed-in one. */
  notice: SigninNotice;
  signedInAs: string;
  returnPath: string | null;
}

export function SwitchAccountPage({ locale, notice, signedInAs, returnPath }: SwitchAccountPageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <Layout locale={locale} title={text.switchTitle}>
      <Panel title={text.switchTitle}>
        <Notice tone={toneOf(notice)}>
          {notice === "password-reset" ? text.otherPasswordReset : text.notices[notice]}
        </Notice>
        <p>{text.signedInAs(<strong>{readableEmail(signedInAs)}</strong>)}</p>
        <SignOutForm language={language} submit={text.switch} returnPath={returnPath ?? undefined} tone="primary" />
        <ButtonLink href={returnPath ?? HOME_PATH} tone="quiet">
          {text.continueAs(readableEmail(signedInAs))}
        </ButtonLink>
      </Panel>
    </Layout>
  );
}

function toneOf(notice: SigninNotice): NoticeTone {
  switch (notice) {
    case "stale":
    case "session-ended":
      return "warning";
    case "used-elsewhere":
    case "nothing-to-verify":
    case "session-over":
      return "info";
    default:
      return "success";
  }
}
