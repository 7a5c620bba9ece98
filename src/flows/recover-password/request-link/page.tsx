import type { EmailProblem } from "../../../auth/accounts/typed-email.ts";
import { NOBODY } from "../../../forms/made-for.ts";
import { MailViewer } from "../../../forms/mail-viewer.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { EmailField, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface ForgotPasswordPageProps {
  locale: RequestLocale;
  email?: string | undefined;
  problem?: EmailProblem | undefined;
  refusal?: Refusal | undefined;
  returnPath: string | null;
}

export function ForgotPasswordPage({ locale, email, problem, refusal, returnPath }: ForgotPasswordPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const error = problem && fields.emailProblems[problem];
  return (
    <Layout locale={locale} title={text.title} errors={(problem ?? refusal) !== undefined}>
      <Panel title={text.heading}>
        <ErrorSummary language={language} errors={listErrors({ email: error })} />
        <RefusalNotice refusal={refusal} />
        <p>{text.lead}</p>
        <Form
          action="/auth/forgot-password"
          submit={text.submit}
          busy={text.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
        >
          <EmailField
            name="email"
            label={fields.email}
            value={email}
            autocomplete="username"
            enterKeyHint="send"
            error={error}
          />
        </Form>
        <LinkRow lead={text.remembered} href={withReturnPath("/auth/signin", returnPath)} label={text.signin} />
      </Panel>
    </Layout>
  );
}

export interface MailSentPageProps {
  locale: RequestLocale;
  mailViewerUrl: string | null;
  returnPath: string | null;
}

export function MailSentPage({ locale, mailViewerUrl, returnPath }: MailSentPageProps) {
  const text = messages[locale.language];
  return (
    <Layout locale={locale} title={text.sentTitle}>
      <Panel title={text.sentTitle}>
        {/* The script shows the email that was typed in this tab. */}
        <p>{text.sent(<span data-email="">{text.thisEmail}</span>)}</p>
        <p>{text.patience}</p>
        <MailViewer url={mailViewerUrl} />
        <LinkRow lead={text.noMail} href={withReturnPath("/auth/forgot-password", returnPath)} label={text.askAgain} />
      </Panel>
    </Layout>
  );
}
