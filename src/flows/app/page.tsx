import type { User } from "lucia";
import { Layout } from "../../views/document.tsx";
import { Notice } from "../../views/feedback.tsx";
import { ButtonForm } from "../../views/form.tsx";
import { ButtonLink, Facts, Panel } from "../../views/panel.tsx";

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** The protected page. */
export function AppPage({ user }: { user: User }) {
  return (
    <Layout title="Your page">
      <Panel title="You are in">
        {!user.emailVerified && (
          <Notice tone="info">
            Your address is not verified yet. Without that, a forgotten password may cost you the account.
            <ButtonLink href="/auth/verify-email" tone="quiet">
              Verify it
            </ButtonLink>
          </Notice>
        )}
        <p>Only you can see this page.</p>
        <Facts
          facts={[
            { term: "Signed in as", value: user.email },
            { term: "Address", value: user.emailVerified ? "Verified" : "Not verified" },
            { term: "Member since", value: DATE.format(user.createdAt) },
          ]}
        />
        <ButtonLink href="/app/account">Your account</ButtonLink>
        <ButtonForm action="/auth/signout" submit="Sign out" busy="Signing out…" />
      </Panel>
    </Layout>
  );
}
