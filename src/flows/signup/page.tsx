import { NOBODY } from "../../forms/made-for.ts";
import { NewPasswordFields, newPasswordMessages } from "../../forms/new-password.tsx";
import { WORDS as FIELD_WORDS } from "../../forms/words.ts";
import { withReturnPath } from "../../http/return-path.ts";
import type { PageView } from "../../i18n/language.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../views/feedback.tsx";
import { EmailField, Form } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import type { SignupErrors } from "./form.ts";
import { WORDS } from "./words.ts";

export interface SignupPageProps {
  view: PageView;
  email?: string | undefined;
  errors?: SignupErrors | undefined;
  returnPath: string | null;
}

export function SignupPage({ view, email, errors = {}, returnPath }: SignupPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const fields = FIELD_WORDS[language];
  const emailProblems = { ...fields.emailProblems, "email-taken": words.taken };
  const messages = {
    email: errors.email && emailProblems[errors.email],
    ...newPasswordMessages(language, errors),
  };
  const problems = listErrors(messages);
  return (
    <Layout view={view} title={words.title} errors={problems.length > 0}>
      <Panel title={words.title}>
        <ErrorSummary language={language} errors={problems} />
        <Form
          action="/auth/signup"
          submit={words.submit}
          busy={words.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
        >
          <EmailField name="email" label={fields.email} value={email} autocomplete="username" error={messages.email} />
          <NewPasswordFields language={language} messages={messages} />
        </Form>
        <LinkRow lead={words.haveOne} href={withReturnPath("/auth/signin", returnPath)} label={words.signin} />
      </Panel>
    </Layout>
  );
}
