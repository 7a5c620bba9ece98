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
import { ErrorSummary, listErrors, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { ButtonForm, Form, HiddenField } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export interface ConfirmPageProps {
  locale: RequestLocale;
  account: Account;
  factors: ConfirmableFactors;
  errors?: ConfirmErrors | undefined;
  refusal?: Refusal | undefined;
  returnPath: string | null;
}

export function ConfirmPage({ locale, account, factors, errors = {}, refusal, returnPath }: ConfirmPageProps) {
  const { language } = locale;
  const text = messages[language];
  const { email } = account;
  const problems = listErrors(confirmMessages(language, errors));
  return (
    <AccountLayout
      locale={locale}
      email={email}
      section="security"
      title={text.title}
      errors={problems.length > 0 || refusal !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        {factors.hasPassword || factors.passkeyOptions !== null ? (
          <>
            <p>{text.lead}</p>
            <Form
              action="/app/account/confirm"
              submit={text.submit}
              busy={text.busy}
              madeFor={account.id}
              returnPath={returnPath ?? undefined}
              {...passkeyProps(language, factors)}
            >
              <ConfirmFields {...{ language, email, factors, errors }} />
            </Form>
          </>
        ) : (
          <>
            <p>{text.noFactor}</p>
            <ButtonForm action="/auth/forgot-password" submit={text.sendLink} busy={text.sending} madeFor={null}>
              <HiddenField name="email" value={email} />
            </ButtonForm>
          </>
        )}
        <LinkRow href="/app/account/security" label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}
