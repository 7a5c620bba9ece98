import { type NewPasswordErrors, NewPasswordFields, newPasswordMessages } from "../../../forms/new-password.tsx";
import { WORDS as FIELD_WORDS } from "../../../forms/words.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { EmailField, Form } from "../../../views/form.tsx";
import { Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface ResetPasswordPageProps {
  view: PageView;
  email: string;
  madeFor: string;
  errors?: NewPasswordErrors | undefined;
  returnPath: string | null;
}

export function ResetPasswordPage({ view, email, madeFor, errors = {}, returnPath }: ResetPasswordPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const messages = newPasswordMessages(language, errors);
  const problems = listErrors(messages);
  return (
    <Layout view={view} title={words.title} errors={problems.length > 0}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={problems} />
        <p>{words.lead}</p>
        <Form
          action="/auth/reset-password"
          submit={words.submit}
          busy={words.busy}
          madeFor={madeFor}
          returnPath={returnPath ?? undefined}
        >
          {/* Sent back but not read: it tells password managers whose password this is. */}
          <EmailField name="email" label={FIELD_WORDS[language].email} value={email} autocomplete="username" readOnly />
          <NewPasswordFields language={language} messages={messages} />
        </Form>
      </Panel>
    </Layout>
  );
}
