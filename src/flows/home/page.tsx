import { Layout } from "../../views/document.tsx";
import { Notice } from "../../views/feedback.tsx";
import { ButtonForm } from "../../views/form.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";

/** The front page: what this is, and the ways in; for whoever is signed in, the way on and out. */
export interface HomePageProps {
  /** Of who is signed in; null if nobody is. */
  email: string | null;
  /** Whether an account was deleted just now. */
  deleted: boolean;
}

export function HomePage({ email, deleted }: HomePageProps) {
  return (
    <Layout title={deleted ? "Your account is deleted" : "Welcome"}>
      <Panel title={email === null ? "Your account starts here" : "You are signed in"}>
        {deleted && (
          <Notice tone="success">
            Your account is deleted: address, password, sessions and activity are gone. A last mail confirms it. You can
            use the address again whenever you like.
          </Notice>
        )}
        {email === null ? <Ways /> : <SignedIn email={email} />}
      </Panel>
    </Layout>
  );
}

function Ways() {
  return (
    <>
      <p>One account, kept safe with a password only you know. Create yours, or sign in.</p>
      <ButtonLink href="/auth/signup">Create an account</ButtonLink>
      <ButtonLink href="/auth/signin" tone="quiet">
        Sign in
      </ButtonLink>
    </>
  );
}

function SignedIn({ email }: { email: string }) {
  return (
    <>
      <p>
        As <strong>{email}</strong>.
      </p>
      <ButtonLink href="/app">Go on</ButtonLink>
      <ButtonForm action="/auth/signout" submit="Sign out" busy="Signing out…" />
    </>
  );
}
