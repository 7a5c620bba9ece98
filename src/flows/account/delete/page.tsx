import type { Account } from "../../../auth/accounts/account.ts";
import { ConfirmActionPage } from "../../../forms/confirm-action-page.tsx";
import type { ConfirmableFactors, ConfirmErrors } from "../../../forms/confirm-fields.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Notice, type Refusal } from "../../../views/feedback.tsx";
import { Checkbox } from "../../../views/form.tsx";
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
  const text = messages[locale.language];
  const confirmation = errors.confirmation && text.confirmationMissing;
  return (
    <ConfirmActionPage
      {...{ locale, factors, errors, refusal }}
      email={account.email}
      section="data"
      title={text.title}
      lead={
        <>
          <Notice tone="warning">{text.warning}</Notice>
          <LinkRow lead={text.keep} href="/app/account/export" label={text.download} />
        </>
      }
      errorMessages={{ confirmation }}
      action="/app/account/delete"
      submit={text.submit}
      busy={text.busy}
      madeFor={account.id}
      tone="danger"
      cancel="/app/account/data"
    >
      <Checkbox name="confirmation" label={text.confirmation} error={confirmation} />
    </ConfirmActionPage>
  );
}
