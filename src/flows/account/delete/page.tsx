import type { Account } from "../../../auth/accounts/account.ts";
import {
  type ConfirmableFactors,
  type ConfirmErrors,
  ConfirmFields,
  confirmMessages,
  passkeyProps,
} from "../../../forms/confirm-fields.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card } from "../../../views/account.tsx";
import { ErrorSummary, listErrors, Notice, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { Checkbox, Form } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface DeleteErrors extends ConfirmErrors {
  readonly confirmation?: "confirmation-missing" | undefined;
}

export interface DeletePageProps {
  locale: RequestLocale;
  account: Account;
  /** The factors that the form asks for. */
  factors: ConfirmableFactors;
  errors?: DeleteErrors | undefined;
  refusal?: Refusal | undefined;
}

export function DeletePage({ locale, account, factors, errors = {}, refusal }: DeletePageProps) {
  const { language } = locale;
  const text = messages[language];
  const errorMessages = {
    ...confirmMessages(language, errors),
    confirmation: errors.confirmation && text.confirmationMissing,
  };
  const problems = listErrors(errorMessages);
  return (
    <AccountLayout
      locale={locale}
      email={account.email}
      section="data"
      title={text.title}
      errors={problems.length > 0 || refusal !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        <Notice tone="warning">{text.warning}</Notice>
        <LinkRow lead={text.keep} href="/app/account/export" label={text.download} />
        <Form
          action="/app/account/delete"
          submit={text.submit}
          busy={text.busy}
          madeFor={account.id}
          tone="danger"
          {...passkeyProps(language, factors)}
        >
          <ConfirmFields language={language} email={account.email} factors={factors} errors={errors} />
          <Checkbox name="confirmation" label={text.confirmation} error={errorMessages.confirmation} />
        </Form>
        <LinkRow href="/app/account/data" label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}
