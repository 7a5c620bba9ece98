import { NOBODY } from "../../../forms/made-for.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { Form } from "../../../views/form.tsx";
import { Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface UndoEmailPageProps {
  view: PageView;
  action: string;
  /** The address that the account had, and gets back. */
  email: string;
}

/** Where the mailed link leads. */
export function UndoEmailPage({ view, action, email }: UndoEmailPageProps) {
  const words = WORDS[view.language];
  return (
    <Layout view={view} title={words.title}>
      <Panel title={words.title}>
        <p>{words.lead(<strong>{readableEmail(email)}</strong>)}</p>
        <p>{words.otherwise}</p>
        <Form action={action} submit={words.submit} busy={words.busy} madeFor={NOBODY} />
      </Panel>
    </Layout>
  );
}
