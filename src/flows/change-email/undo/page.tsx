import { NOBODY } from "../../../forms/made-for.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { Form } from "../../../views/form.tsx";
import { Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface UndoEmailPageProps {
  locale: RequestLocale;
  action: string;
  /** The former email, which becomes the account's email again. */
  email: string;
}

/** The page that the link in the message opens. */
export function UndoEmailPage({ locale, action, email }: UndoEmailPageProps) {
  const text = messages[locale.language];
  return (
    <Layout locale={locale} title={text.title}>
      <Panel title={text.title}>
        <p>{text.lead(<strong>{readableEmail(email)}</strong>)}</p>
        <p>{text.factors}</p>
        <p>{text.otherwise}</p>
        <Form action={action} submit={text.submit} busy={text.busy} madeFor={NOBODY} />
      </Panel>
    </Layout>
  );
}
