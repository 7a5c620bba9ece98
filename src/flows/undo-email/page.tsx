import { Layout } from "../../views/document.tsx";
import { Form } from "../../views/form.tsx";
import { ButtonLink, Panel } from "../../views/panel.tsx";

export interface UndoEmailPageProps {
  action: string;
  /** The address that the account had, and gets back. */
  email: string;
}

/** Where the mailed link leads. */
export function UndoEmailPage({ action, email }: UndoEmailPageProps) {
  return (
    <Layout title="Take your account back">
      <Panel title="Take your account back">
        <p>
          Your account had the address <strong>{email}</strong>, and gets it back. Every device is signed out, the
          password opens nothing any more, and you choose a new one.
        </p>
        <p>If you have changed the address yourself, close this page.</p>
        <Form action={action} submit="Undo the change" busy="Undoing…" />
      </Panel>
    </Layout>
  );
}

/** One answer for forged, cut, used and expired links: it tells nobody which it was. */
export function DeadLinkPage() {
  return (
    <Layout title="This link does not count any more">
      <Panel title="This link does not count any more">
        <p>
          It was used already, it is older than 7 days, the change was undone otherwise, or the account was deleted. If
          you have just taken your account back, ask for a link to choose a new password.
        </p>
        <ButtonLink href="/auth/forgot-password">Choose a new password</ButtonLink>
      </Panel>
    </Layout>
  );
}
