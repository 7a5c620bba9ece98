import type { AccountEventType } from "../../../auth/events/record-events.ts";
import type { Language, RequestLocale } from "../../../i18n/language.ts";
import type { AccountEventRow } from "../../../store/schema.ts";
import { AccountLayout, Card, Rows } from "../../../views/account.tsx";
import { Day, joinFacts, nameCountry, nameDevice, TimeOfDay } from "../../../views/client.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { groupByDay } from "./days.ts";
import { messages } from "./messages.ts";

/** Events that an attacker may have caused and that change who can sign in. They are marked. */
const IMPORTANT: readonly string[] = [
  "sign-in-failed",
  "password-changed",
  "password-reset",
  "email-changed",
  "email-change-undone",
  "email-change-final",
  "passkey-added",
  "passkey-removed",
  "two-step-on",
  "two-step-off",
  "authenticator-added",
  "authenticator-removed",
  "recovery-codes-created",
  "recovery-code-used",
  "second-step-failed",
] satisfies AccountEventType[];

export interface ActivityPageProps {
  locale: RequestLocale;
  /** The email of the account. */
  email: string;
  events: readonly AccountEventRow[];
  /** The value of the query parameter `before` of the next page; undefined if there are no older events. */
  older?: string | undefined;
  isFirst: boolean;
}

export function ActivityPage({ locale, email, events, older, isFirst }: ActivityPageProps) {
  const { language } = locale;
  const text = messages[language];
  const { sections } = commonMessages[language];
  return (
    <AccountLayout locale={locale} email={email} section="activity" title={sections.activity}>
      <p>{text.lead(<a href="/app/account/password">{text.changePassword}</a>)}</p>
      {events.length === 0 && (
        <Card>
          <p>{isFirst ? text.nothingYet : text.nothingBefore}</p>
        </Card>
      )}
      {groupByDay(events).map((day) => (
        <Card key={`${day.at}`} title={[<Day language={language} at={day.at} />, " UTC"]}>
          <Rows
            rows={day.events.map((event) => ({
              key: event.id,
              title: nameEvent(language, event),
              chip: IMPORTANT.includes(event.type) && text.important,
              alert: true,
              lines: [
                joinFacts(<TimeOfDay language={language} at={event.occurred_at} />, ...describeOrigin(language, event)),
              ],
            }))}
          />
        </Card>
      ))}
      {older && <LinkRow href={`/app/account/activity?before=${encodeURIComponent(older)}`} label={text.older} />}
      {!isFirst && <LinkRow href="/app/account/activity" label={text.newest} />}
    </AccountLayout>
  );
}

function nameEvent(language: Language, { type, occurrences }: AccountEventRow): string {
  const { events, times } = messages[language];
  const title = Object.hasOwn(events, type) ? events[type as AccountEventType] : type;
  return occurrences === 1 ? title : times(title, occurrences);
}

/** An event without an origin, such as a wrong password from someone else, has no line about it. */
function describeOrigin(language: Language, { browser, platform, country, ip }: AccountEventRow): (string | null)[] {
  if ([browser, platform, country, ip].every((part) => part === null)) return [];
  return [nameDevice(language, { browser, platform }), nameCountry(language, country), ip];
}
