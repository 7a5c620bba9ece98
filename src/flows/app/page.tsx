import type { User } from "lucia";
import { Layout } from "../../views/document.tsx";
import { ButtonForm } from "../../views/form.tsx";
import { Facts, Panel } from "../../views/panel.tsx";

const DATE = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });

/** The protected page. */
export function AppPage({ user }: { user: User }) {
  return (
    <Layout title="Your page">
      <Panel title="You are in">
        <p>Only you can see this page.</p>
        <Facts
          facts={[
            { term: "Signed in as", value: user.email },
            { term: "Address", value: user.emailVerified ? "Verified" : "Not verified" },
            { term: "Member since", value: DATE.format(user.createdAt) },
          ]}
        />
        <ButtonForm action="/auth/signout" submit="Sign out" busy="Signing out…" />
      </Panel>
    </Layout>
  );
}
