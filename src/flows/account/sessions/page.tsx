import type { Account } from "../../../auth/accounts/account.ts";
import type { ListedSession } from "../../../auth/sessions/session.ts";
import { ConfirmActionPage } from "../../../forms/confirm-action-page.tsx";
import type { ConfirmableFactors, ConfirmErrors } from "../../../forms/confirm-fields.tsx";
import { deviceRow } from "../../../forms/device-row.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card, Rows } from "../../../views/account.tsx";
import { DateTime, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Notice } from "../../../views/feedback.tsx";
import { HiddenField } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { Facts, LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

const PATH = "/app/account/sessions";

/** Sessions per page. Each row contains a random handle, which does not compress. */
const PAGE_SESSIONS = 25;

export type SessionsNotice = keyof typeof messages.en.notices;

export function isSessionsNotice(value: string | null): value is SessionsNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface SessionsPageProps {
  locale: RequestLocale;
  account: Account;
  sessions: readonly ListedSession[];
  /** The handle of the current session. */
  currentHandle: string;
  notice?: SessionsNotice | undefined;
  /** The page of other sessions to show; the first page is 1. */
  page: number;
  /** Epoch milliseconds. */
  now: number;
}

export function SessionsPage({ locale, account, sessions, currentHandle, notice, page, now }: SessionsPageProps) {
  const { language } = locale;
  const text = messages[language];
  const { sections } = commonMessages[language];
  const current = sessions.filter(({ handle }) => handle === currentHandle);
  const others = sessions.filter(({ handle }) => handle !== currentHandle);
  const shown = others.slice((page - 1) * PAGE_SESSIONS, page * PAGE_SESSIONS);
  const row = (isCurrent: boolean) => (session: ListedSession) =>
    deviceRow(language, session, { now, madeFor: account.id, isCurrent });
  return (
    <AccountLayout locale={locale} email={account.email} section="devices" title={sections.devices}>
      {notice && <Notice tone={notice === "gone" ? "warning" : "success"}>{text.notices[notice]}</Notice>}
      <p>{text.lead(<a href="/app/account/password">{text.changePassword}</a>)}</p>
      <Card>
        <Rows rows={[...(page === 1 ? current.map(row(true)) : []), ...shown.map(row(false))]} />
        {others.length === 0 && <p>{text.noOthers}</p>}
        {others.length > page * PAGE_SESSIONS && <LinkRow href={`${PATH}?part=${page + 1}`} label={text.older} />}
        {page > 1 && <LinkRow href={PATH} label={text.newest} />}
        {others.length > 1 && <LinkRow href={`${PATH}?end=others`} label={text.signOutAll} />}
      </Card>
    </AccountLayout>
  );
}

export interface ConfirmEndPageProps {
  locale: RequestLocale;
  /** The session to end; undefined means all other sessions. */
  session?: ListedSession | undefined;
  account: Account;
  /** Null if the owner gave a factor recently. */
  factors: ConfirmableFactors | null;
  errors?: ConfirmErrors | undefined;
}

export function ConfirmEndPage({ locale, session, account, factors, errors }: ConfirmEndPageProps) {
  const { language } = locale;
  const text = messages[language];
  const title = session ? text.endOne : text.endOthers;
  return (
    <ConfirmActionPage
      {...{ locale, title, factors, errors }}
      email={account.email}
      section="devices"
      lead={
        session ? (
          <Facts
            facts={[
              { term: text.device, value: nameDevice(language, session) },
              { term: text.signedIn, value: <DateTime language={language} at={session.createdAt} /> },
              { term: text.country, value: nameCountry(language, session.country) ?? text.unknown },
            ]}
          />
        ) : (
          <p>{text.endOthersLead}</p>
        )
      }
      action={session ? `${PATH}/revoke` : `${PATH}/revoke-others`}
      submit={title}
      busy={fieldMessages[language].signingOut}
      madeFor={account.id}
      tone="danger"
      cancel={PATH}
    >
      {session && <HiddenField name="session" value={session.handle} />}
    </ConfirmActionPage>
  );
}
