import type { User } from "lucia";
import { Moment } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { Notice } from "../../../views/feedback.tsx";
import { Ways } from "../../../views/list.tsx";
import { ButtonLink, Facts, LinkRow, Panel } from "../../../views/panel.tsx";

/** What other flows that end here have to say, by the query value `notice`. */
const NOTICES = {
  "password-changed": "Your password is changed. Every other device was signed out.",
  "email-changed": "Your address is changed. Every other device was signed out.",
} as const;

export type AccountNotice = keyof typeof NOTICES;

export function isAccountNotice(value: string | null): value is AccountNotice {
  return value !== null && Object.hasOwn(NOTICES, value);
}

const WAYS = [
  { href: "/app/account/password", label: "Change password", about: "Signs out every other device." },
  { href: "/app/account/email", label: "Change address", about: "The new one has to confirm." },
  { href: "/app/account/sessions", label: "Devices", about: "Where you are signed in, and how to end it." },
  { href: "/app/account/activity", label: "Activity", about: "What happened with your account in the last year." },
  { href: "/app/account/export", label: "Download your data", about: "All that we hold about you, in one file." },
  { href: "/app/account/delete", label: "Delete account", about: "Removes it and all that belongs to it." },
] as const;

export interface AccountPageProps {
  user: User;
  notice?: AccountNotice | undefined;
}

export function AccountPage({ user, notice }: AccountPageProps) {
  return (
    <Layout title="Your account" signOut="Sign out">
      <Panel title="Your account">
        {notice && <Notice tone="success">{NOTICES[notice]}</Notice>}
        {!user.emailVerified && (
          <Notice tone="info">
            Your address is not verified yet. Without that, a forgotten password may cost you the account.
            <ButtonLink href="/auth/verify-email" tone="quiet">
              Verify it
            </ButtonLink>
          </Notice>
        )}
        <Facts
          facts={[
            { term: "Address", value: user.email },
            { term: "Verified", value: user.emailVerified ? "Yes" : "Not yet" },
            { term: "Member since", value: <Moment at={user.createdAt.getTime()} /> },
          ]}
        />
        <Ways label="Your account" ways={WAYS} />
        <LinkRow href="/app" label="Back to your page" />
      </Panel>
    </Layout>
  );
}
