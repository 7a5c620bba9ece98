import { passkeyProps } from "../../../forms/confirm-fields.tsx";
import { type FactorProblem, messages as factorMessages } from "../../../forms/factor-messages.ts";
import { NOBODY } from "../../../forms/made-for.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { Checkbox, Form, TextField } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface SecondStepPageProps {
  locale: RequestLocale;
  email: string;
  hasApp: boolean;
  hasRecoveryCodes: boolean;
  /** The options of a passkey request as JSON; null if the account has no passkey. */
  passkeyOptions: string | null;
  /** For how many days the device may be remembered. 0: it cannot be. */
  rememberDays: number;
  problem?: FactorProblem | undefined;
  refusal?: Refusal | undefined;
  returnPath: string | null;
}

export function SecondStepPage({
  locale,
  email,
  hasApp,
  hasRecoveryCodes,
  passkeyOptions,
  rememberDays,
  problem,
  refusal,
  returnPath,
}: SecondStepPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = factorMessages[language];
  const error = problem && fields.problems[problem];
  return (
    <Layout locale={locale} title={text.title} errors={(problem ?? refusal) !== undefined}>
      <Panel title={text.title}>
        <ErrorSummary
          language={language}
          errors={listErrors({ [hasApp && problem !== "passkey-refused" ? "code" : ""]: error })}
        />
        <RefusalNotice refusal={refusal} />
        <p>{text.lead(<strong>{readableEmail(email)}</strong>)}</p>
        <Form
          action="/auth/second-step"
          submit={text.submit}
          busy={text.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
          {...passkeyProps(language, { hasField: hasApp, passkeyOptions })}
        >
          {hasApp && (
            <TextField
              name="code"
              label={fields.code}
              help={fields.codeHelp}
              autocomplete="one-time-code"
              inputMode="numeric"
              enterKeyHint="go"
              error={problem === "passkey-refused" ? undefined : error}
              focused
            />
          )}
          {!hasApp && passkeyOptions !== null && <p>{fields.asksForPasskey}</p>}
          {rememberDays > 0 && <Checkbox name="remember" label={text.remember(rememberDays)} required={false} />}
        </Form>
        {hasRecoveryCodes && (
          <LinkRow
            lead={hasApp ? fields.noApp : fields.noPasskey}
            href={withReturnPath("/auth/second-step/recovery", returnPath)}
            label={fields.useRecoveryCode}
          />
        )}
        <LinkRow lead={text.other} href={withReturnPath("/auth/signin", returnPath)} label={text.startOver} />
      </Panel>
    </Layout>
  );
}

export interface RecoveryPageProps {
  locale: RequestLocale;
  problem?: FactorProblem | undefined;
  refusal?: Refusal | undefined;
  returnPath: string | null;
}

export function RecoveryPage({ locale, problem, refusal, returnPath }: RecoveryPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = factorMessages[language];
  const error = problem && fields.problems[problem];
  return (
    <Layout locale={locale} title={text.recoveryTitle} errors={(problem ?? refusal) !== undefined}>
      <Panel title={text.recoveryTitle}>
        <ErrorSummary language={language} errors={listErrors({ recoveryCode: error })} />
        <RefusalNotice refusal={refusal} />
        <p>{text.recoveryLead}</p>
        <Form
          action="/auth/second-step/recovery"
          submit={text.submit}
          busy={text.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
        >
          <TextField
            name="recoveryCode"
            label={fields.recoveryCode}
            help={fields.recoveryCodeHelp}
            autocomplete="off"
            enterKeyHint="go"
            error={error}
            focused
          />
        </Form>
        <LinkRow href={withReturnPath("/auth/second-step", returnPath)} label={text.back} />
      </Panel>
    </Layout>
  );
}
