import { NOBODY } from "../../../forms/made-for.ts";
import { withReturnPath } from "../../../http/return-path.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Layout } from "../../../views/document.tsx";
import { ErrorSummary, listErrors, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { Form } from "../../../views/form.tsx";
import { LinkRow, Panel } from "../../../views/panel.tsx";
import { PasskeySignals, type Signals } from "../../../views/passkey-signals.tsx";
import { messages } from "./messages.ts";

export interface PasskeyPageProps {
  locale: RequestLocale;
  /** The options of a passkey request as JSON. */
  options: string;
  /** `missing`: the form was sent without a passkey, most likely without the script. */
  problem?: "refused" | "missing" | undefined;
  refusal?: Refusal | undefined;
  returnPath: string | null;
  signals?: Signals | undefined;
}

export function PasskeyPage({ locale, options, problem, refusal, returnPath, signals }: PasskeyPageProps) {
  const { language } = locale;
  const text = messages[language];
  const error = problem && { refused: text.refused, missing: text.needs }[problem];
  return (
    <Layout locale={locale} title={text.title} errors={(problem ?? refusal) !== undefined}>
      <Panel title={text.title}>
        <ErrorSummary language={language} errors={listErrors({ "": error })} />
        <RefusalNotice refusal={refusal} />
        <p>{text.lead}</p>
        {problem !== "missing" && <p>{text.needs}</p>}
        <Form
          action="/auth/passkey"
          submit={text.submit}
          busy={text.busy}
          madeFor={NOBODY}
          returnPath={returnPath ?? undefined}
          passkey={{ language, options }}
        />
        {signals && <PasskeySignals signals={signals} />}
        <LinkRow href={withReturnPath("/auth/signin", returnPath)} label={text.password} />
        <LinkRow href={withReturnPath("/auth/forgot-password", returnPath)} label={text.recover} />
      </Panel>
    </Layout>
  );
}
