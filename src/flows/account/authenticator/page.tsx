import type { Account } from "../../../auth/accounts/account.ts";
import { type ConfirmErrors, ConfirmForm, confirmMessages } from "../../../forms/confirm-fields.tsx";
import { type FactorProblem, messages as factorMessages } from "../../../forms/factor-messages.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import type { OwnerFactors } from "../../../request/confirm-owner.ts";
import { SAVED_CODES } from "../../../request/saved-codes.ts";
import type { AuthenticatorRow } from "../../../store/schema.ts";
import { AccountLayout, Card } from "../../../views/account.tsx";
import { DateTime } from "../../../views/client.tsx";
import { ErrorSummary, listErrors, Notice, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { Form, HiddenField, TextField } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { Facts, LinkRow } from "../../../views/panel.tsx";
import { QrCode } from "../../../views/qr.tsx";
import { messages } from "./messages.ts";

const HOME = "/app/account/sign-in";

export type AuthenticatorNotice = keyof typeof messages.en.notices;

export function isAuthenticatorNotice(value: string | null): value is AuthenticatorNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface SetUpPageProps {
  locale: RequestLocale;
  account: Account;
  /** The `otpauth:` link of the new secret. */
  uri: string;
  /** The new secret in base32. */
  secret: string;
  /** The new secret, sealed for this account. */
  sealed: string;
  /** Names the recovery codes that the owner has saved. */
  codes: string;
  notice?: AuthenticatorNotice | undefined;
  problem?: FactorProblem | "expired" | undefined;
}

export function SetUpPage({ locale, account, uri, secret, sealed, codes, notice, problem }: SetUpPageProps) {
  const { language } = locale;
  const text = messages[language];
  const fields = factorMessages[language];
  const isOn = account.twoStepAt !== null;
  const problems = { ...fields.problems, "code-wrong": text.codeWrong };
  const error = problem === undefined || problem === "expired" ? undefined : problems[problem];
  return (
    <AccountLayout
      locale={locale}
      email={account.email}
      section="security"
      title={text.title}
      errors={problem !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={listErrors({ code: error })} />
        {problem === "expired" && <Notice tone="warning">{text.expired}</Notice>}
        {notice && <Notice tone="success">{text.notices[notice]}</Notice>}
        <p>{text.lead}</p>
        <QrCode text={uri} label={text.qr} />
        <LinkRow lead={text.onThisDevice} href={uri} label={text.openApp} />
        <p>
          {text.secret} <code>{(secret.match(/.{1,4}/g) ?? []).join(" ")}</code>
        </p>
        <p>{isOn ? text.proveOn : text.prove}</p>
        <Form
          action="/app/account/authenticator"
          submit={isOn ? text.submitOn : text.submit}
          busy={isOn ? text.busyOn : text.busy}
          madeFor={account.id}
        >
          <HiddenField name="sealed" value={sealed} />
          {codes !== "" && <HiddenField name={SAVED_CODES} value={codes} />}
          <TextField
            name="code"
            label={fields.code}
            autocomplete="one-time-code"
            inputMode="numeric"
            enterKeyHint="done"
            error={error}
          />
        </Form>
        <LinkRow href={HOME} label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}

export interface AuthenticatorPageProps {
  locale: RequestLocale;
  account: Account;
  authenticator: AuthenticatorRow;
  factors: OwnerFactors;
  errors?: ConfirmErrors | undefined;
  refusal?: Refusal | undefined;
}

/** Shows the app that is set up, with the form that removes it. */
export function AuthenticatorPage({
  locale,
  account,
  authenticator,
  factors,
  errors = {},
  refusal,
}: AuthenticatorPageProps) {
  const { language } = locale;
  const { email } = account;
  const text = messages[language];
  const problems = listErrors(confirmMessages(language, errors));
  const { created_at: createdAt, last_used_at: lastUsedAt } = authenticator;
  const isLast = factors.twoStep && factors.passkeys.length === 0;
  return (
    <AccountLayout
      locale={locale}
      email={email}
      section="security"
      title={text.title}
      errors={problems.length > 0 || refusal !== undefined}
    >
      <Card>
        <p>{text.activeLead}</p>
        <Facts
          facts={[
            { term: text.addedAt, value: <DateTime language={language} at={createdAt} /> },
            {
              term: text.lastUsed,
              value: lastUsedAt === null ? text.never : <DateTime language={language} at={lastUsedAt} />,
            },
          ]}
        />
      </Card>
      <Card title={text.removeTitle}>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        <p>
          {text.removeLead} {isLast && text.removeLast}
        </p>
        <ConfirmForm
          {...{ language, email, factors, errors }}
          action="/app/account/authenticator/remove"
          submit={text.remove}
          busy={text.removing}
          madeFor={account.id}
          tone="danger"
        />
        <LinkRow href={HOME} label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}
