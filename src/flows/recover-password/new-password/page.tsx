import { messages as fieldMessages } from "../../../forms/messages.ts";
import { type NewPasswordErrors, NewPasswordFields, newPasswordMessages } from "../../../forms/new-password.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, Notice } from "../../../views/feedback.tsx";
import { Checkbox, EmailField, Form } from "../../../views/form.tsx";
import { Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface ResetPasswordPageProps {
  locale: RequestLocale;
  email: string;
  madeFor: string;
  /** The number of passkeys that the owner may remove at the same time. */
  passkeys: number;
  /** Whether a change of the email was just undone in this browser. */
  isAfterUndo?: boolean | undefined;
  errors?: NewPasswordErrors | undefined;
  returnPath: string | null;
}

export function ResetPasswordPage({
  locale,
  email,
  madeFor,
  passkeys,
  isAfterUndo = false,
  errors = {},
  returnPath,
}: ResetPasswordPageProps) {
  const { language } = locale;
  const text = messages[language];
  const errorMessages = newPasswordMessages(language, errors);
  const problems = listErrors(errorMessages);
  return (
    <Layout locale={locale} title={text.title} errors={problems.length > 0}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={problems} />
        {isAfterUndo && <Notice tone="success">{text.emailChangeUndone}</Notice>}
        <p>{text.lead}</p>
        <Form
          action="/auth/reset-password"
          submit={text.submit}
          busy={text.busy}
          madeFor={madeFor}
          returnPath={returnPath ?? undefined}
        >
          {/* The server ignores this field. It tells password managers which account the password is for. */}
          <EmailField
            name="email"
            label={fieldMessages[language].email}
            value={email}
            autocomplete="username"
            readOnly
          />
          <NewPasswordFields language={language} errorMessages={errorMessages} />
          {passkeys > 0 && <Checkbox name="removePasskeys" label={text.removePasskeys(passkeys)} required={false} />}
        </Form>
      </Panel>
    </Layout>
  );
}
