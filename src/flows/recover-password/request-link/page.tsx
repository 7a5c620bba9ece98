import type { EmailProblem } from "../../../auth/accounts/typed-email.ts";
import { NOBODY } from "../../../forms/made-for.ts";
import { MailViewer } from "../../../forms/mail-viewer.tsx";
import { WORDS as FIELD_WORDS } from "../../../forms/words.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors } from "../../../views/feedback.tsx";
import { EmailField, Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export interface ForgotPasswordPageProps {
  view: PageView;
  email?: string | undefined;
  problem?: EmailProblem | undefined;
  returnPath: string | null;
}

export function ForgotPasswordPage({ view, email, problem, returnPath }: ForgotPasswordPageProps) {
  const { language } = view;
  const words = WORDS[language];
  const fields = FIELD_WORDS[language];
  const error = problem && fields.emailProblems[problem];
  return (
    <Layout view={view} title={words.title} errors={problem !== undefined}>
      <Panel title={words.heading}>
        <ErrorSummary language={language} errors={listErrors({ email: error })} />
        <p>{words.lead}</p>
        <Form
          action="/auth/forgot-password"
          submit={words.submit}
          busy={words.busy}
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
        <LinkRow lead={words.remembered} href={withReturnPath("/auth/signin", returnPath)} label={words.signin} />
      </Panel>
    </Layout>
  );
}

export interface MailSentPageProps {
  view: PageView;
  mailViewerUrl: string | null;
  returnPath: string | null;
}

export function MailSentPage({ view, mailViewerUrl, returnPath }: MailSentPageProps) {
  const words = WORDS[view.language];
  return (
    <Layout view={view} title={words.sentTitle}>
      <Panel title={words.sentTitle}>
        <p>{words.sent}</p>
        <p>{words.patience}</p>
        <MailViewer url={mailViewerUrl} />
        <LinkRow
          lead={words.noMail}
          href={withReturnPath("/auth/forgot-password", returnPath)}
          label={words.askAgain}
        />
      </Panel>
    </Layout>
  );
}
