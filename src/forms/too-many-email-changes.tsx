import type { PageView } from "../i18n/language.ts";
import { Moment } from "../views/client.tsx";
import { Layout } from "../views/document.tsx";
import { LinkRow, Panel } from "../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface TooManyEmailChangesPageProps {
  view: PageView;
  /** When the first of the changes before can no longer be undone, as epoch milliseconds. */
  until: number;
}

/** Refuses a change of email, where it is asked for and where its link is used. */
export function TooManyEmailChangesPage({ view, until }: TooManyEmailChangesPageProps) {
  const { language } = view;
  const words = WORDS[language];
  return (
    <Layout view={view} title={words.tooManyEmailChanges}>
      <Panel title={words.tooManyEmailChanges}>
        <p>{words.emailChangesBlockedUntil(<Moment language={language} at={until} />)}</p>
        <LinkRow href="/app/account" label={words.backToAccount} />
      </Panel>
    </Layout>
  );
}
