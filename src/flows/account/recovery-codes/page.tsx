import type { Account } from "../../../auth/accounts/account.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card } from "../../../views/account.tsx";
import { ErrorSummary, listErrors, Notice, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { Checkbox, Form, HiddenField } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface RecoveryCodesPageProps {
  locale: RequestLocale;
  account: Account;
  codes: readonly string[];
  /** The codes, sealed for this account. */
  sealed: string;
  /** Whether the account has recovery codes, which these replace. */
  replaces: boolean;
  /** The path to continue at when the codes are saved. */
  returnPath: string | null;
  problem?: "not-saved" | "expired" | "late" | undefined;
  refusal?: Refusal | undefined;
}

export function RecoveryCodesPage({
  locale,
  account,
  codes,
  sealed,
  replaces,
  returnPath,
  problem,
  refusal,
}: RecoveryCodesPageProps) {
  const { language } = locale;
  const text = messages[language];
  const error = problem === "not-saved" ? text.savedMissing : undefined;
  return (
    <AccountLayout
      locale={locale}
      email={account.email}
      section="security"
      title={text.title}
      errors={(problem ?? refusal) !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={listErrors({ saved: error })} />
        <RefusalNotice refusal={refusal} />
        {(problem === "expired" || problem === "late") && <Notice tone="warning">{text[problem]}</Notice>}
        {account.twoStepAt === null && <p>{text.first}</p>}
        <p>{text.lead}</p>
        <ol class="codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ol>
        <p>
          {text.keep} {replaces && text.replaces}
        </p>
        <Form
          action="/app/account/recovery-codes"
          submit={text.submit}
          busy={text.busy}
          madeFor={account.id}
          returnPath={returnPath ?? undefined}
          changes
        >
          <HiddenField name="sealed" value={sealed} />
          <Checkbox name="saved" label={text.saved} error={error} />
        </Form>
        <LinkRow href="/app/account/sign-in" label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}
