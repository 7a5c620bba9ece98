import { NOBODY } from "../../forms/made-for.ts";
import { messages as fieldMessages } from "../../forms/messages.ts";
import { NewPasswordFields, newPasswordMessages } from "../../forms/new-password.tsx";
import { withReturnPath } from "../../http/return-path.ts";
import type { RequestLocale } from "../../i18n/language.ts";
import { Layout } from "../../views/document.tsx";
import { ErrorSummary, listErrors, type Refusal, RefusalNotice } from "../../views/feedback.tsx";
import { EmailField, Form } from "../../views/form.tsx";
import { LinkRow, Panel } from "../../views/panel.tsx";
import type { SignupErrors } from "./form.ts";
import { messages } from "./messages.ts";

export interface SignupPageProps {
  locale: RequestLocale;
  email?: string | undefined;
  errors?: SignupErrors | undefined;
  refusal?: Refusal | undefined;
  returnPath: string | null;
  /** Whether a button signs up with a passkey instead of a password. */
  offersPasskey: boolean;
}

export function SignupPage({ locale, email, errors = {}, refusal, returnPath, offersPasskey }: SignupPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const emailProblems = { ...fields.emailProblems, "email-taken": text.taken };
  const errorMessages = {
    email: errors.email && emailProblems[errors.email],
    ...newPasswordMessages(language, errors),
  };
  const problems = listErrors(errorMessages);
  return (
    <Layout locale={locale} title={text.title} errors={problems.length > 0 || refusal !== undefined}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        <Form
          action="/auth/signup"
          submit={text.submit}
          busy={text.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
          after={
            offersPasskey && (
              <button type="submit" name="with" value="passkey" class="quiet">
                {text.withPasskey}
              </button>
            )
          }
        >
          <EmailField
            name="email"
            label={fields.email}
            value={email}
            autocomplete="username"
            error={errorMessages.email}
          />
          <NewPasswordFields language={language} errorMessages={errorMessages} />
        </Form>
        <LinkRow lead={text.haveOne} href={withReturnPath("/auth/signin", returnPath)} label={text.signin} />
      </Panel>
    </Layout>
  );
}
