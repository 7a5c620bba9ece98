import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { SESSION_SEEN_MILLISECONDS } from "../../../auth/sessions/lifetimes.ts";
import type { ListedSession } from "../../../auth/sessions/session.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { Language, RequestLocale } from "../../../i18n/language.ts";
import { DateTime, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { Form, HiddenField, SignOutForm } from "../../../views/form.tsx";
import { Entries } from "../../../views/list.tsx";
import { ButtonLink, Facts, LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

const PATH = "/app/account/sessions";

/** Sessions per page. Each row contains a random handle, which does not compress. */
const PAGE_SESSIONS = 8;

export type SessionsNotice = keyof typeof messages.en.notices;

export function isSessionsNotice(value: string | null): value is SessionsNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface SessionsPageProps {
  locale: RequestLocale;
  sessions: readonly ListedSession[];
  /** The handle of the current session. */
  currentHandle: string;
  notice?: SessionsNotice | undefined;
  /** The page of other sessions to show; the first page is 1. */
  page: number;
  /** Epoch milliseconds. */
  now: number;
}

export function SessionsPage({ locale, sessions, currentHandle, notice, page, now }: SessionsPageProps) {
  const { language } = locale;
  const text = messages[language];
  const current = sessions.find(({ handle }) => handle === currentHandle);
  const others = sessions.filter(({ handle }) => handle !== currentHandle);
  const shown = others.slice((page - 1) * PAGE_SESSIONS, page * PAGE_SESSIONS);
  return (
    <Layout locale={locale} title={text.title} lists>
      <Panel title={text.title}>
        {notice && <Notice tone={notice === "gone" ? "warning" : "success"}>{text.notices[notice]}</Notice>}
        <p>{text.lead}</p>
        {current && (
          <Entries
            entries={[
              {
                key: currentHandle,
                title: nameDevice(language, current),
                lines: [text.thisDevice, ...describe(language, current, now)],
              },
            ]}
          />
        )}
        <SignOutForm language={language} submit={text.signOutHere} />
      </Panel>
      <Panel title={text.others} level={2}>
        {others.length === 0 ? (
          <p>{text.noOthers}</p>
        ) : (
          <>
            <Entries
              entries={shown.map((session) => ({
                key: session.handle,
                title: nameDevice(language, session),
                lines: describe(language, session, now),
                action: {
                  href: `${PATH}?end=${session.handle}`,
                  label: text.signOut,
                  about: nameDevice(language, session),
                },
              }))}
            />
            {others.length > page * PAGE_SESSIONS && <LinkRow href={`${PATH}?part=${page + 1}`} label={text.older} />}
            {page > 1 && <LinkRow href={PATH} label={text.newest} />}
            <ButtonLink href={`${PATH}?end=others`} tone="quiet">
              {text.signOutAll}
            </ButtonLink>
          </>
        )}
        <LinkRow href="/app/account" label={fieldMessages[language].backToAccount} />
      </Panel>
    </Layout>
  );
}

export interface ConfirmEndPageProps {
  locale: RequestLocale;
  /** The session to end; undefined means all other sessions. */
  session?: ListedSession | undefined;
  account: Account;
  asksPassword: boolean;
  problem?: CurrentPasswordProblem | undefined;
}

export function ConfirmEndPage({ locale, session, account, asksPassword, problem }: ConfirmEndPageProps) {
  const { language } = locale;
  const text = messages[language];
  const error = currentPasswordMessage(language, problem);
  const title = session ? text.endOne : text.endOthers;
  return (
    <Layout locale={locale} title={title} errors={error !== undefined} signOut>
      <Panel title={title}>
        <ErrorSummary language={language} errors={listErrors({ currentPassword: error })} />
        {session ? (
          <Facts
            facts={[
              { term: fieldMessages[language].account, value: readableEmail(account.email) },
              { term: text.device, value: nameDevice(language, session) },
              { term: text.signedIn, value: <DateTime language={language} at={session.createdAt} /> },
              { term: text.country, value: nameCountry(language, session.country) ?? text.unknown },
            ]}
          />
        ) : (
          <p>{text.endOthersLead(<strong>{readableEmail(account.email)}</strong>)}</p>
        )}
        <Form
          action={session ? `${PATH}/revoke` : `${PATH}/revoke-others`}
          submit={title}
          busy={text.busy}
          madeFor={account.id}
          tone="danger"
        >
          {session && <HiddenField name="session" value={session.handle} />}
          {asksPassword && <CurrentPasswordField language={language} email={account.email} error={error} />}
        </Form>
        <LinkRow href={PATH} label={text.back} />
      </Panel>
    </Layout>
  );
}

function describe(language: Language, { createdAt, seenAt, country }: ListedSession, now: number) {
  const text = messages[language];
  return [
    nameCountry(language, country),
    <>
      {text.signedIn} <DateTime language={language} at={createdAt} />
    </>,
    now - seenAt < SESSION_SEEN_MILLISECONDS ? (
      text.lastSeenNow
    ) : (
      <>
        {text.lastSeen} <DateTime language={language} at={seenAt} />
      </>
    ),
  ];
}
