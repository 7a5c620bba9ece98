import type { Account } from "../../../auth/accounts/account.ts";
import type { CurrentPasswordProblem } from "../../../auth/accounts/accounts.ts";
import type { EmailProblem } from "../../../auth/accounts/typed-email.ts";
import { finalFrom } from "../../../auth/operations/reserved-emails.ts";
import { ConfirmActionPage } from "../../../forms/confirm-action-page.tsx";
import type { ConfirmableFactors, ConfirmErrors } from "../../../forms/confirm-fields.tsx";
import { CurrentPasswordField, currentPasswordMessage } from "../../../forms/current-password.tsx";
import { MailViewer } from "../../../forms/mail-viewer.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { PendingEmailCard } from "../../../forms/pending-email-card.tsx";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import type { ReservedEmailRow } from "../../../store/schema.ts";
import { AccountLayout, Card, type Row, Rows } from "../../../views/account.tsx";
import { DateTime } from "../../../views/client.tsx";
import { ErrorSummary, listErrors, Notice, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { ButtonForm, EmailField, Form, HiddenField } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

const FINAL = "/app/account/email/final";

export type EmailNotice = keyof typeof messages.en.notices;

export function isEmailNotice(value: string | null): value is EmailNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface EmailErrors {
  readonly email?: EmailPageProblem | undefined;
  readonly currentPassword?: CurrentPasswordProblem | undefined;
}

export type EmailPageProblem = EmailProblem | "email-unchanged";

export interface EmailPageProps {
  locale: RequestLocale;
  account: Account;
  asksPassword: boolean;
  /** The requested email that is not confirmed yet; null if there is none. */
  pendingEmail?: string | null | undefined;
  /** The emails that the account gave up and can get back. */
  reserved?: readonly ReservedEmailRow[] | undefined;
  /** Epoch milliseconds. */
  now?: number | undefined;
  notice?: EmailNotice | undefined;
  /** The email as typed. */
  email?: string | undefined;
  errors?: EmailErrors | undefined;
  refusal?: Refusal | undefined;
}

export function EmailPage({
  locale,
  account,
  asksPassword,
  pendingEmail = null,
  reserved = [],
  now = 0,
  notice,
  email,
  errors = {},
  refusal,
}: EmailPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = fieldMessages[language];
  const emailProblems = { ...fields.emailProblems, "email-unchanged": text.unchanged };
  const errorMessages = {
    email: errors.email && emailProblems[errors.email],
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
  };
  const problems = listErrors(errorMessages);
  return (
    <AccountLayout
      locale={locale}
      email={account.email}
      section="security"
      title={text.title}
      errors={problems.length > 0 || refusal !== undefined}
    >
      {notice && <Notice tone={notice === "email-final" ? "success" : "warning"}>{text.notices[notice]}</Notice>}
      <PendingEmailCard language={language} email={pendingEmail} madeFor={account.id} />
      <Card>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        <p>{text.lead(<strong>{readableEmail(account.email)}</strong>)}</p>
        {account.emailVerified && (
          <p>
            {text.undoable} {text.undoRemoves}
          </p>
        )}
        <Form action="/app/account/email" submit={text.submit} busy={text.busy} madeFor={account.id}>
          <EmailField
            name="email"
            label={text.newEmail}
            value={email}
            autocomplete="email"
            enterKeyHint="send"
            error={errorMessages.email}
          />
          {asksPassword && (
            <CurrentPasswordField language={language} email={account.email} error={errorMessages.currentPassword} />
          )}
        </Form>
        <LinkRow href="/app/account/security" label={commonMessages[language].cancel} />
      </Card>
      {reserved.length > 0 && (
        <Card title={text.undoableTitle}>
          <p>{text.finalHelp}</p>
          <Rows rows={reserved.map(reservedRow)} />
        </Card>
      )}
    </AccountLayout>
  );

  function reservedRow(row: ReservedEmailRow): Row {
    const former = readableEmail(row.email);
    const from = finalFrom(row);
    const until = <DateTime language={language} at={row.expires_at} />;
    return {
      key: row.email,
      title: former,
      lines: [text.undoableUntil(until), from > now && text.finalFrom(<DateTime language={language} at={from} />)],
      form: from <= now && (
        <ButtonForm action={FINAL} submit={text.makeFinal} about={former} busy={text.makingFinal} madeFor={account.id}>
          <HiddenField name="email" value={row.email} />
        </ButtonForm>
      ),
    };
  }
}

export interface FinalEmailPageProps {
  locale: RequestLocale;
  account: Account;
  /** The email that the account gave up. */
  former: string;
  factors: ConfirmableFactors;
  errors?: ConfirmErrors | undefined;
  refusal?: Refusal | undefined;
}

/** The form that makes a change of the email final, and asks for the factors. */
export function FinalEmailPage({ locale, account, former, factors, errors, refusal }: FinalEmailPageProps) {
  const text = messages[locale.language];
  return (
    <ConfirmActionPage
      {...{ locale, factors, errors, refusal }}
      email={account.email}
      section="security"
      title={text.finalTitle}
      lead={<p>{text.finalLead(<strong>{readableEmail(former)}</strong>)}</p>}
      action={FINAL}
      submit={text.makeFinal}
      busy={text.makingFinal}
      madeFor={account.id}
      cancel="/app/account/email"
    >
      <HiddenField name="email" value={former} />
    </ConfirmActionPage>
  );
}

export interface EmailSentPageProps {
  locale: RequestLocale;
  account: Account;
  /** The recipient of the link. */
  pendingEmail: string;
  mailViewerUrl: string | null;
}

export function EmailSentPage({ locale, account, pendingEmail, mailViewerUrl }: EmailSentPageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <AccountLayout locale={locale} email={account.email} section="security" title={text.sentTitle}>
      <Card>
        <p>{text.sent(<strong>{readableEmail(pendingEmail)}</strong>)}</p>
        <p>{text.patience}</p>
        <MailViewer url={mailViewerUrl} />
        <ButtonForm action="/app/account/email" submit={text.sendAgain} busy={text.busy} madeFor={account.id}>
          <HiddenField name="email" value={pendingEmail} />
        </ButtonForm>
        <ButtonForm
          action="/app/account/email/cancel"
          submit={fieldMessages[language].cancelChange}
          busy={fieldMessages[language].canceling}
          madeFor={account.id}
        />
        <LinkRow lead={text.wrongEmail} href="/app/account/email" label={text.useAnother} />
      </Card>
    </AccountLayout>
  );
}
