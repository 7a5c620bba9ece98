import { readableEmail } from "../../i18n/email-syntax.ts";
import type { Language, RequestLocale } from "../../i18n/language.ts";
import { Layout } from "../../views/document.tsx";
import { Notice } from "../../views/feedback.tsx";
import { SignOutForm } from "../../views/form.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface HomePageProps {
  locale: RequestLocale;
  /** The email of the signed-in account; null for visitors. */
  email: string | null;
  /** Whether an account was just deleted in this browser. */
  deleted: boolean;
}

/** The start page. Visitors see links to sign in and sign up, signed-in people to continue and to sign out. */
export function HomePage({ locale, email, deleted }: HomePageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <Layout locale={locale} title={deleted ? text.deletedTitle : text.title}>
      <Panel title={email === null ? text.guestHeading : text.memberHeading}>
        {deleted && <Notice tone="success">{text.deleted}</Notice>}
        {email === null ? <SignedOutActions language={language} /> : <SignedIn language={language} email={email} />}
      </Panel>
    </Layout>
  );
}

function SignedOutActions({ language }: { language: Language }) {
  const text = messages[language];
  return (
    <>
      <p>{text.invitation}</p>
      <ButtonLink href="/auth/signup">{text.signup}</ButtonLink>
      <ButtonLink href="/auth/signin" tone="quiet">
        {text.signin}
      </ButtonLink>
    </>
  );
}

function SignedIn({ language, email }: { language: Language; email: string }) {
  const text = messages[language];
  return (
    <>
      <p>{text.signedInAs(<strong>{readableEmail(email)}</strong>)}</p>
      <ButtonLink href="/app">{text.finishChange}</ButtonLink>
      <SignOutForm language={language} />
    </>
  );
}
