import { brand } from "../../brand.ts";
import type { RequestLocale } from "../../i18n/language.ts";
import { Layout } from "../../views/document.tsx";
import { Notice } from "../../views/feedback.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface FrontPageProps {
  locale: RequestLocale;
  /** Whether an account was just deleted in this browser. */
  deleted: boolean;
}

/** The start page for visitors, with links to sign up and to sign in. */
export function FrontPage({ locale, deleted }: FrontPageProps) {
  const text = messages[locale.language];
  return (
    <Layout locale={locale} title={deleted ? text.deletedTitle : text.title}>
      {brand.tagline && <p class="tagline">{brand.tagline[locale.language]}</p>}
      <Panel title={text.heading}>
        {deleted && <Notice tone="success">{text.deleted}</Notice>}
        <p>{text.invitation}</p>
        <ButtonLink href="/auth/signup">{text.signup}</ButtonLink>
        <ButtonLink href="/auth/signin" tone="quiet">
          {text.signin}
        </ButtonLink>
      </Panel>
    </Layout>
  );
}
