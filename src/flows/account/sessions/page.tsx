import type { SessionSchema } from "lucia";
import type { CurrentPasswordProblem } from "../../../auth/accounts.ts";
import { SESSION_SEEN_MILLISECONDS } from "../../../auth/lifetimes.ts";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { Moment, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { ButtonForm, Form, HiddenField } from "../../../views/form.tsx";
import { Entries } from "../../../views/list.tsx";
import { ButtonLink, Facts, LinkRow, Panel } from "../../../views/panel.tsx";

const PATH = "/app/account/sessions";

const NOTICES = {
  ended: "That device is signed out.",
  "others-ended": "Every other device is signed out.",
  gone: "There is no such device, or it was signed out already. Nothing was changed.",
} as const;

export type SessionsNotice = keyof typeof NOTICES;

export function isSessionsNotice(value: string | null): value is SessionsNotice {
  return value !== null && Object.hasOwn(NOTICES, value);
}

export interface SessionsPageProps {
  sessions: readonly SessionSchema[];
  /** The handle of the session that asks. */
  here: string;
  notice?: SessionsNotice | undefined;
  /** Epoch milliseconds. */
  now: number;
}

export function SessionsPage({ sessions, here, notice, now }: SessionsPageProps) {
  const current = sessions.find(({ id }) => id === here);
  const others = sessions.filter(({ id }) => id !== here);
  return (
    <Layout title="Devices">
      <Panel title="Devices">
        {notice && <Notice tone={notice === "gone" ? "warning" : "success"}>{NOTICES[notice]}</Notice>}
        <p>Where you are signed in. If you do not know one of these, sign it out and change your password.</p>
        {current && (
          <Entries
            entries={[{ key: here, title: nameDevice(current), lines: ["This device", ...describe(current, now)] }]}
          />
        )}
        <ButtonForm action="/auth/signout" submit="Sign out here" busy="Signing out…" />
      </Panel>
      <Panel title="Other devices" level={2}>
        {others.length === 0 ? (
          <p>You are signed in nowhere else.</p>
        ) : (
          <>
            <Entries
              entries={others.map((session) => ({
                key: session.id,
                title: nameDevice(session),
                lines: describe(session, now),
                action: { href: `${PATH}?end=${session.id}`, label: "Sign out", about: nameDevice(session) },
              }))}
            />
            <ButtonLink href={`${PATH}?end=others`} tone="quiet">
              Sign out all of them
            </ButtonLink>
          </>
        )}
        <LinkRow href="/app/account" label="Back to your account" />
      </Panel>
    </Layout>
  );
}

export interface ConfirmEndPageProps {
  /** The session that is to end; left out: all others. */
  session?: SessionSchema | undefined;
  email: string;
  asksPassword: boolean;
  problem?: CurrentPasswordProblem | undefined;
}

export function ConfirmEndPage({ session, email, asksPassword, problem }: ConfirmEndPageProps) {
  const error = currentPasswordMessage(problem);
  const title = session ? "Sign out that device" : "Sign out all other devices";
  return (
    <Layout title={title} errors={error !== undefined} signOut="Sign out here">
      <Panel title={title}>
        <ErrorSummary errors={listErrors({ currentPassword: error })} />
        {session ? (
          <Facts
            facts={[
              { term: "Device", value: nameDevice(session) },
              { term: "Signed in", value: <Moment at={session.created_at} /> },
              { term: "Country", value: nameCountry(session.country) ?? "Unknown" },
            ]}
          />
        ) : (
          <p>You stay signed in here. On every other device you have to sign in again.</p>
        )}
        <Form
          action={session ? `${PATH}/revoke` : `${PATH}/revoke-others`}
          submit="Sign out"
          busy="Signing out…"
          tone="danger"
        >
          {session && <HiddenField name="session" value={session.id} />}
          {asksPassword && <CurrentPasswordField email={email} error={error} />}
        </Form>
        <LinkRow href={PATH} label="Back to your devices" />
      </Panel>
    </Layout>
  );
}

function describe({ created_at, seen_at, country }: SessionSchema, now: number) {
  return [
    nameCountry(country),
    <>
      Signed in <Moment at={created_at} />
    </>,
    now - seen_at < SESSION_SEEN_MILLISECONDS ? (
      "Last seen within 10 minutes"
    ) : (
      <>
        Last seen <Moment at={seen_at} />
      </>
    ),
  ];
}
