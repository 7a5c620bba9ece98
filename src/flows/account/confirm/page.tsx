import type { Account } from "../../../auth/accounts/account.ts";
import { ConfirmActionPage } from "../../../forms/confirm-action-page.tsx";
import type { ConfirmableFactors, ConfirmErrors } from "../../../forms/confirm-fields.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import type { Refusal } from "../../../views/feedback.tsx";
import { messages } from "./messages.ts";

export interface ConfirmPageProps {
  locale: RequestLocale;
  account: Account;
  factors: ConfirmableFactors;
  errors?: ConfirmErrors | undefined;
  refusal?: Refusal | undefined;
  returnPath: string | null;
}

export function ConfirmPage({ locale, account, factors, errors, refusal, returnPath }: ConfirmPageProps) {
  const text = messages[locale.language];
  return (
    <ConfirmActionPage
      {...{ locale, factors, errors, refusal }}
      email={account.email}
      section="security"
      title={text.title}
      lead={<p>{text.lead}</p>}
      action="/app/account/confirm"
      submit={text.submit}
      busy={text.busy}
      madeFor={account.id}
      returnPath={returnPath ?? undefined}
      cancel="/app/account/security"
    />
  );
}
