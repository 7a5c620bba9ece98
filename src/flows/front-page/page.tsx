import { readableEmail } from "../../i18n/email-syntax.ts";
import type { Language, PageView } from "../../i18n/language.ts";
import { Layout } from "../../views/document.tsx";
import { Notice } from "../../views/feedback.tsx";
import { SignOutForm } from "../../views/form.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface HomePageProps {
  view: PageView;
  /** Of who is signed in; null if nobody is. */
  email: string | null;
  /** Whether an account was deleted just now. */
  deleted: boolean;
}

/** The front page: what this is, and the ways in; for whoever is signed in, the way on and out. */
export function HomePage({ view, email, deleted }: HomePageProps) {
  const { language } = view;
  const words = WORDS[language];
  return (
    <Layout view={view} title={deleted ? words.deletedTitle : words.title}>
      <Panel title={email === null ? words.guestHeading : words.memberHeading}>
        {deleted && <Notice tone="success">{words.deleted}</Notice>}
        {email === null ? <WaysIn language={language} /> : <SignedIn language={language} email={email} />}
      </Panel>
    </Layout>
  );
}

function WaysIn({ language }: { language: Language }) {
  const words = WORDS[language];
  return (
    <>
      <p>{words.invitation}</p>
      <ButtonLink href="/auth/signup">{words.signup}</ButtonLink>
      <ButtonLink href="/auth/signin" tone="quiet">
        {words.signin}
      </ButtonLink>
    </>
  );
}

function SignedIn({ language, email }: { language: Language; email: string }) {
  const words = WORDS[language];
  return (
    <>
      <p>{words.signedInAs(<strong>{readableEmail(email)}</strong>)}</p>
      <ButtonLink href="/app">{words.goOn}</ButtonLink>
      <SignOutForm language={language} />
    </>
  );
}
