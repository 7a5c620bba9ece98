import { NOBODY } from "../../forms/made-for.ts";
import { WORDS as FIELD_WORDS } from "../../forms/words.ts";
import { withReturnPath } from "../../http/return-path.ts";
import { readableEmail } from "../../i18n/email-syntax.ts";
import type { PageView } from "../../i18n/language.ts";
import { HOME_PATH } from "../../request/access.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, Notice, type NoticeTone } from "../../views/feedback.tsx";
import { EmailField, Form, PasswordField, SignOutForm } from "../../views/form.tsx";
import { ButtonLink, LinkRow, Panel } from "../../views/panel.tsx";
import type { SigninErrors } from "./form.ts";
import { WORDS } from "./words.ts";

export type SigninNotice = keyof typeof WORDS.en.notices;

export function isSigninNotice(value: string | null): value is SigninNotice {
  return value !== null && Object.hasOwn(WORDS.en.notices, value);
}

export interface SigninPageProps {
  view: PageView;
  email?: string | undefined;
  errors?: SigninErrors | undefined;
  notice?: SigninNotice | undefined;
  returnPath: string | null;
}

export function SigninPage({ view, email, errors = {}, notice, returnPath }: SigninPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const fields = FIELD_WORDS[language];
  const messages = {
    email: errors.email && fields.emailProblems[errors.email],
    password: errors.password && words.passwordProblems[errors.password],
  };
  const problems = listErrors(messages);
  return (
    <Layout view={view} title={words.title} errors={problems.length > 0}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={problems} />
        {notice && <Notice tone={toneOf(notice)}>{words.notices[notice]}</Notice>}
        <Form
          action="/auth/signin"
          submit={words.submit}
          busy={words.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
        >
          <EmailField name="email" label={fields.email} value={email} autocomplete="username" error={messages.email} />
          <PasswordField
            name="password"
            label={fields.password}
            autocomplete="current-password"
            enterKeyHint="go"
            error={messages.password}
          />
        </Form>
        <LinkRow href={withReturnPath("/auth/forgot-password", returnPath)} label={words.forgotten} />
        <LinkRow lead={words.newHere} href={withReturnPath("/auth/signup", returnPath)} label={words.signup} />
      </Panel>
    </Layout>
  );
}

export interface SwitchAccountPageProps {
  view: PageView;
  /** What was done, with another account than the one that is signed in. */
  notice: SigninNotice;
  signedInAs: string;
  returnPath: string | null;
}

export function SwitchAccountPage({ view, notice, signedInAs, returnPath }: SwitchAccountPageProps) {
  const { language } = view;
  const words = WORDS[language];
  return (
    <Layout view={view} title={words.switchTitle}>
      <Panel title={words.switchTitle}>
        <Notice tone={toneOf(notice)}>
          {notice === "password-reset" ? words.otherPasswordReset : words.notices[notice]}
        </Notice>
        <p>{words.signedInAs(<strong>{readableEmail(signedInAs)}</strong>)}</p>
        <SignOutForm language={language} submit={words.switch} returnPath={returnPath ?? undefined} tone="primary" />
        <ButtonLink href={returnPath ?? HOME_PATH} tone="quiet">
          {words.continueAs(readableEmail(signedInAs))}
        </ButtonLink>
      </Panel>
    </Layout>
  );
}

function toneOf(notice: SigninNotice): NoticeTone {
  switch (notice) {
    case "superseded":
    case "session-ended":
      return "warning";
    case "used-elsewhere":
    case "nothing-to-verify":
      return "info";
    default:
      return "success";
  }
}
