import type { AccountEventType } from "../../../auth/account-events.ts";
import type { AccountEventRow } from "../../../store/schema.ts";
import { Moment, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { Entries } from "../../../views/list.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";

const TITLES: Record<AccountEventType, string> = {
  "signed-up": "Account created",
  "signed-in": "Signed in",
  "signed-out": "Signed out",
  "sign-in-failed": "Wrong password",
  "address-verified": "Address verified",
  "password-changed": "Password changed",
  "password-reset": "New password chosen by a mailed link",
  "email-change-requested": "Another address asked for",
  "email-changed": "Address changed",
  "email-change-undone": "Change of address undone",
  "session-ended": "A device signed out from here",
  "other-sessions-ended": "All other devices signed out",
  exported: "Data downloaded",
};

export interface ActivityPageProps {
  events: readonly AccountEventRow[];
  /** Of the query `before` that leads to what is older; left out where there is nothing. */
  older?: string | undefined;
  isFirst: boolean;
}

export function ActivityPage({ events, older, isFirst }: ActivityPageProps) {
  return (
    <Layout title="Activity" signOut="Sign out">
      <Panel title="Activity">
        <p>
          What happened with your account in the last 365 days. If something here was not you, change your password.
        </p>
        {events.length === 0 ? (
          <p>Nothing {isFirst ? "yet" : "before that"}.</p>
        ) : (
          <Entries
            entries={events.map((event) => ({
              key: event.id,
              title: nameEvent(event),
              lines: [<Moment key="at" at={event.occurred_at} />, describeOrigin(event)],
            }))}
          />
        )}
        {older && <LinkRow href={`/app/account/activity?before=${encodeURIComponent(older)}`} label="Older" />}
        {!isFirst && <LinkRow href="/app/account/activity" label="Newest" />}
        <LinkRow href="/app/account" label="Back to your account" />
      </Panel>
    </Layout>
  );
}

function nameEvent({ type, occurrences }: AccountEventRow): string {
  const title = Object.hasOwn(TITLES, type) ? TITLES[type as AccountEventType] : type;
  return occurrences === 1 ? title : `${title}, ${occurrences} times that day`;
}

function describeOrigin({ browser, platform, country, address }: AccountEventRow): string {
  return [nameDevice({ browser, platform }), nameCountry(country), address].filter(Boolean).join(", ");
}
