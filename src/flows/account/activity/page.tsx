import type { AccountEventType } from "../../../auth/events/record-events.ts";
import { WORDS as FIELD_WORDS } from "../../../forms/words.ts";
import type { Language, PageView } from "../../../i18n/language.ts";
import type { AccountEventRow } from "../../../store/schema.ts";
import { Moment, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { Entries } from "../../../views/list.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface ActivityPageProps {
  view: PageView;
  events: readonly AccountEventRow[];
  /** Of the query `before` that leads to what is older; left out where there is nothing. */
  older?: string | undefined;
  isFirst: boolean;
}

export function ActivityPage({ view, events, older, isFirst }: ActivityPageProps) {
  const { language } = view;
  const words = WORDS[language];
  return (
    <Layout view={view} title={words.title} signOut>
      <Panel title={words.title}>
        <p>{words.lead}</p>
        {events.length === 0 ? (
          <p>{isFirst ? words.nothingYet : words.nothingBefore}</p>
        ) : (
          <Entries
            entries={events.map((event) => ({
              key: event.id,
              title: nameEvent(language, event),
              lines: [<Moment key="at" language={language} at={event.occurred_at} />, describeOrigin(language, event)],
            }))}
          />
        )}
        {older && <LinkRow href={`/app/account/activity?before=${encodeURIComponent(older)}`} label={words.older} />}
        {!isFirst && <LinkRow href="/app/account/activity" label={words.newest} />}
        <LinkRow href="/app/account" label={FIELD_WORDS[language].backToAccount} />
      </Panel>
    </Layout>
  );
}

function nameEvent(language: Language, { type, occurrences }: AccountEventRow): string {
  const { events, timesThatDay } = WORDS[language];
  const title = Object.hasOwn(events, type) ? events[type as AccountEventType] : type;
  return occurrences === 1 ? title : timesThatDay(title, occurrences);
}

function describeOrigin(language: Language, { browser, platform, country, ip }: AccountEventRow): string {
  const device = nameDevice(language, { browser, platform });
  return [device, nameCountry(language, country), ip].filter(Boolean).join(", ");
}
