import type { RequestLocale } from "../i18n/language.ts";
import { DateTime } from "../views/client.tsx";
import { Layout } from "../views/document.tsx";
import { LinkRow, Panel } from "../views/panel.tsx";
import { messages } from "./messages.ts";

export interface TooManyEmailChangesPageProps {
  locale: RequestLocale;
  /** When the oldest change can no longer be undone, as epoch milliseconds. */
  until: number;
}

/** The page that refuses a change of email, both when it is requested and when its link is used. */
export function TooManyEmailChangesPage({ locale, until }: TooManyEmailChangesPageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <Layout locale={locale} title={text.tooManyEmailChanges}>
      <Panel title={text.tooManyEmailChanges}>
        <p>{text.emailChangesBlockedUntil(<DateTime language={language} at={until} />)}</p>
        <LinkRow href="/app/account" label={text.backToAccount} />
      </Panel>
    </Layout>
  );
}
