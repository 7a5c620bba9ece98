import type { Account } from "../../../auth/accounts/account.ts";
import { type ConfirmErrors, ConfirmForm, confirmMessages } from "../../../forms/confirm-fields.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import type { OwnerFactors } from "../../../request/confirm-owner.ts";
import type { PasskeyRow } from "../../../store/schema.ts";
import { AccountLayout, Card } from "../../../views/account.tsx";
import { DateTime, nameDevice } from "../../../views/client.tsx";
import { ErrorSummary, listErrors, Notice, type Refusal, RefusalNotice } from "../../../views/feedback.tsx";
import { Form, TextField } from "../../../views/form.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { Facts, LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

const PATH = "/app/account/passkeys";
const HOME = "/app/account/sign-in";

export type PasskeyProblem = keyof typeof messages.en.problems;

export interface NewPasskeyPageProps {
  locale: RequestLocale;
  account: Account;
  /** The options of a new passkey as JSON. */
  options: string;
  name?: string | undefined;
  /** Whether the account was just created and has no way to sign in yet. */
  isNew: boolean;
  problem?: PasskeyProblem | undefined;
  refusal?: Refusal | undefined;
  /** Where the first passkey of an account leads to. */
  returnPath: string | null;
}

export function NewPasskeyPage(props: NewPasskeyPageProps) {
  const { locale, account, options, name, isNew, problem, refusal, returnPath } = props;
  const { language } = locale;
  const text = messages[language];
  const error = problem && text.problems[problem];
  const nameError = problem === "name-malformed" ? error : undefined;
  return (
    <AccountLayout
      locale={locale}
      email={account.email}
      section="security"
      title={text.newTitle}
      errors={(problem ?? refusal) !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={listErrors({ [nameError ? "name" : ""]: error })} />
        <RefusalNotice refusal={refusal} />
        {isNew && <Notice tone="success">{text.welcome}</Notice>}
        <p>{text.lead}</p>
        <Form
          action={PATH}
          submit={text.create}
          busy={text.creating}
          madeFor={account.id}
          returnPath={returnPath ?? undefined}
          passkey={{ language, options }}
        >
          <TextField
            name="name"
            label={text.name}
            help={text.nameHelp}
            value={name}
            maxLength={64}
            autocomplete="off"
            required={false}
            error={nameError}
          />
        </Form>
        {isNew ? (
          <LinkRow href="/app/account/password" label={text.choosePassword} />
        ) : (
          <LinkRow href={HOME} label={commonMessages[language].cancel} />
        )}
      </Card>
    </AccountLayout>
  );
}

export interface PasskeyPageProps {
  locale: RequestLocale;
  account: Account;
  passkey: PasskeyRow;
  factors: OwnerFactors;
  /** The name as typed. */
  name?: string | undefined;
  nameProblem?: "name-malformed" | undefined;
  errors?: ConfirmErrors | undefined;
  isLastWayIn?: boolean | undefined;
  refusal?: Refusal | undefined;
}

export function PasskeyPage({
  locale,
  account,
  passkey,
  factors,
  name = passkey.name,
  nameProblem,
  errors = {},
  isLastWayIn = false,
  refusal,
}: PasskeyPageProps) {
  const { language } = locale;
  const text = messages[language];
  const { email } = account;
  const nameError = nameProblem && text.problems[nameProblem];
  const confirmErrors = confirmMessages(language, errors);
  const otherError = isLastWayIn ? text.lastWayIn : confirmErrors[""];
  const problems = listErrors({ name: nameError, ...confirmErrors, "": otherError });
  const href = pathOf(passkey);
  const isLastFactor = factors.twoStep && factors.passkeys.length === 1 && !factors.hasApp;
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
        <Facts
          facts={[
            { term: text.addedAt, value: <DateTime language={language} at={passkey.created_at} /> },
            { term: text.addedOn, value: nameDevice(language, passkey) },
            {
              term: text.lastUsed,
              value:
                passkey.last_used_at === null ? text.never : <DateTime language={language} at={passkey.last_used_at} />,
            },
            { term: text.backup, value: passkey.backed_up ? text.backedUp : text.notBackedUp },
          ]}
        />
        <Form action={href} submit={text.rename} busy={text.renaming} madeFor={account.id}>
          <TextField name="name" label={text.name} value={name} maxLength={64} autocomplete="off" error={nameError} />
        </Form>
        <LinkRow href={HOME} label={commonMessages[language].cancel} />
      </Card>
      <Card title={text.removeTitle}>
        <p>
          {text.removeLead} {isLastFactor && text.removeLast}
        </p>
        <ConfirmForm
          {...{ language, email, factors, errors }}
          action={`${href}/remove`}
          submit={text.remove}
          busy={text.removing}
          madeFor={account.id}
          tone="danger"
        />
      </Card>
    </AccountLayout>
  );
}

/** The path of a passkey's page: its id without the name of the provider. */
export function pathOf({ id }: PasskeyRow): string {
  return `${PATH}/${id.slice(id.indexOf(":") + 1)}`;
}
