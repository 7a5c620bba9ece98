import type { AccountEventType } from "../../../auth/events/record-events.ts";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import type { Language, RequestLocale } from "../../../i18n/language.ts";
import type { AccountEventRow } from "../../../store/schema.ts";
import { DateTime, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { Entries } from "../../../views/list.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface ActivityPageProps {
  locale: RequestLocale;
  events: readonly AccountEventRow[];
  /** The value of the query parameter `before` of the next page; undefined if there are no older events. */
  older?: string | undefined;
  isFirst: boolean;
}

export function ActivityPage({ locale, events, older, isFirst }: ActivityPageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <Layout locale={locale} title={text.title} signOut>
      <Panel title={text.title}>
        <p>{text.lead}</p>
        {events.length === 0 ? (
          <p>{isFirst ? text.nothingYet : text.nothingBefore}</p>
        ) : (
          <Entries
            entries={events.map((event) => ({
              key: event.id,
              title: nameEvent(language, event),
              lines: [
                <DateTime key="at" language={language} at={event.occurred_at} />,
                describeOrigin(language, event),
              ],
            }))}
          />
        )}
        {older && <LinkRow href={`/app/account/activity?before=${encodeURIComponent(older)}`} label={text.older} />}
        {!isFirst && <LinkRow href="/app/account/activity" label={text.newest} />}
        <LinkRow href="/app/account" label={fieldMessages[language].backToAccount} />
      </Panel>
    </Layout>
  );
}

function nameEvent(language: Language, { type, occurrences }: AccountEventRow): string {
  const { events, timesThatDay } = messages[language];
  const title = Object.hasOwn(events, type) ? events[type as AccountEventType] : type;
  return occurrences === 1 ? title : timesThatDay(title, occurrences);
}

function describeOrigin(language: Language, { browser, platform, country, ip }: AccountEventRow): string {
  const device = nameDevice(language, { browser, platform });
  return [device, nameCountry(language, country), ip].filter(Boolean).join(", ");
}
