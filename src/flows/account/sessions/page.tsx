import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import { SESSION_SEEN_MILLISECONDS } from "../../../auth/sessions/lifetimes.ts";
import type { ListedSession } from "../../../auth/sessions/session.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { WORDS as FIELD_WORDS } from "../../../forms/words.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { Language, PageView } from "../../../i18n/language.ts";
import { Moment, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { Form, HiddenField, SignOutForm } from "../../../views/form.tsx";
import { Entries } from "../../../views/list.tsx";
import { ButtonLink, Facts, LinkRow, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

const PATH = "/app/account/sessions";

/** What a page holds without growing heavy: each has a handle that no compression shortens. */
const PAGE_SESSIONS = 8;

export type SessionsNotice = keyof typeof WORDS.en.notices;

export function isSessionsNotice(value: string | null): value is SessionsNotice {
  return value !== null && Object.hasOwn(WORDS.en.notices, value);
}

export interface SessionsPageProps {
  view: PageView;
  sessions: readonly ListedSession[];
  /** The handle of the session that asks. */
  here: string;
  notice?: SessionsNotice | undefined;
  /** Which part of the others to show; the first is 1. */
  part: number;
  /** Epoch milliseconds. */
  now: number;
}

export function SessionsPage({ view, sessions, here, notice, part, now }: SessionsPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const current = sessions.find(({ handle }) => handle === here);
  const others = sessions.filter(({ handle }) => handle !== here);
  const shown = others.slice((part - 1) * PAGE_SESSIONS, part * PAGE_SESSIONS);
  return (
    <Layout view={view} title={words.title} lists>
      <Panel title={words.title}>
        {notice && <Notice tone={notice === "gone" ? "warning" : "success"}>{words.notices[notice]}</Notice>}
        <p>{words.lead}</p>
        {current && (
          <Entries
            entries={[
              {
                key: here,
                title: nameDevice(language, current),
                lines: [words.thisDevice, ...describe(language, current, now)],
              },
            ]}
          />
        )}
        <SignOutForm language={language} submit={words.signOutHere} />
      </Panel>
      <Panel title={words.others} level={2}>
        {others.length === 0 ? (
          <p>{words.noOthers}</p>
        ) : (
          <>
            <Entries
              entries={shown.map((session) => ({
                key: session.handle,
                title: nameDevice(language, session),
                lines: describe(language, session, now),
                action: {
                  href: `${PATH}?end=${session.handle}`,
                  label: words.signOut,
                  about: nameDevice(language, session),
                },
              }))}
            />
            {others.length > part * PAGE_SESSIONS && <LinkRow href={`${PATH}?part=${part + 1}`} label={words.older} />}
            {part > 1 && <LinkRow href={PATH} label={words.newest} />}
            <ButtonLink href={`${PATH}?end=others`} tone="quiet">
              {words.signOutAll}
            </ButtonLink>
          </>
        )}
        <LinkRow href="/app/account" label={FIELD_WORDS[language].backToAccount} />
      </Panel>
    </Layout>
  );
}

export interface ConfirmEndPageProps {
  view: PageView;
  /** The session that is to end; left out: all others. */
  session?: ListedSession | undefined;
  account: Account;
  asksPassword: boolean;
  problem?: CurrentPasswordProblem | undefined;
}

export function ConfirmEndPage({ view, session, account, asksPassword, problem }: ConfirmEndPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const error = currentPasswordMessage(language, problem);
  const title = session ? words.endOne : words.endOthers;
  return (
    <Layout view={view} title={title} errors={error !== undefined} signOut>
      <Panel title={title}>
        <ErrorSummary language={language} errors={listErrors({ currentPassword: error })} />
        {session ? (
          <Facts
            facts={[
              { term: FIELD_WORDS[language].account, value: readableEmail(account.email) },
              { term: words.device, value: nameDevice(language, session) },
              { term: words.signedIn, value: <Moment language={language} at={session.createdAt} /> },
              { term: words.country, value: nameCountry(language, session.country) ?? words.unknown },
            ]}
          />
        ) : (
          <p>{words.endOthersLead(<strong>{readableEmail(account.email)}</strong>)}</p>
        )}
        <Form
          action={session ? `${PATH}/revoke` : `${PATH}/revoke-others`}
          submit={title}
          busy={words.busy}
          madeFor={account.id}
          tone="danger"
        >
          {session && <HiddenField name="session" value={session.handle} />}
          {asksPassword && <CurrentPasswordField language={language} email={account.email} error={error} />}
        </Form>
        <LinkRow href={PATH} label={words.back} />
      </Panel>
    </Layout>
  );
}

function describe(language: Language, { createdAt, seenAt, country }: ListedSession, now: number) {
  const words = WORDS[language];
  return [
    nameCountry(language, country),
    <>
      {words.signedIn} <Moment language={language} at={createdAt} />
    </>,
    now - seenAt < SESSION_SEEN_MILLISECONDS ? (
      words.lastSeenNow
    ) : (
      <>
        {words.lastSeen} <Moment language={language} at={seenAt} />
      </>
    ),
  ];
}
