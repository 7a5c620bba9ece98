import type { Account } from "../../../auth/accounts/account.ts";
import { PASSKEYS_MAX } from "../../../auth/operations/change-factors.ts";
import { ConfirmActionPage } from "../../../forms/confirm-action-page.tsx";
import type { ConfirmableFactors, ConfirmErrors } from "../../../forms/confirm-fields.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { UnverifiedNotice } from "../../../forms/unverified-notice.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import type { OwnerFactors } from "../../../request/confirm-owner.ts";
import { SAVED_CODES } from "../../../request/saved-codes.ts";
import type { PasskeyRow, TrustedDeviceRow } from "../../../store/schema.ts";
import { AccountLayout, Card, type Row, Rows } from "../../../views/account.tsx";
import { DateTime, Day, joinFacts, nameCountry, nameDevice } from "../../../views/client.tsx";
import { Notice, type Refusal } from "../../../views/feedback.tsx";
import { ButtonForm, HiddenField } from "../../../views/form.tsx";
import { LinkRow } from "../../../views/panel.tsx";
import { PasskeySignals, type Signals } from "../../../views/passkey-signals.tsx";
import { messages } from "./messages.ts";

const PASSKEYS = "/app/account/passkeys";
const TWO_STEP = "/app/account/two-step";
const FORGET = "/app/account/trusted-devices/forget";

export type SignInNotice = keyof typeof messages.en.notices;

const WARNINGS: readonly SignInNotice[] = ["verify-first", "no-factor"];

export function isSignInNotice(value: string | null): value is SignInNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

/** Everything with which an account signs in. */
export interface SignInMethods {
  readonly factors: OwnerFactors;
  readonly trustedDevices: readonly TrustedDeviceRow[];
}

export interface SignInMethodsPageProps extends SignInMethods {
  locale: RequestLocale;
  account: Account;
  /** Whether a code to verify the email was sent that works in this browser. */
  isCodeSent: boolean;
  notice?: SignInNotice | undefined;
  signals: Signals;
}

export function SignInMethodsPage({
  locale,
  account,
  factors,
  trustedDevices,
  isCodeSent,
  notice,
  signals,
}: SignInMethodsPageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <AccountLayout locale={locale} email={account.email} section="security" title={text.title}>
      {notice && <Notice tone={WARNINGS.includes(notice) ? "warning" : "success"}>{text.notices[notice]}</Notice>}
      <PasskeySignals signals={signals} />
      {!account.emailVerified && <UnverifiedNotice {...{ language, account, isCodeSent }} />}
      <Card title={text.passkeys}>
        {factors.passkeys.length > 0 ? <Rows rows={factors.passkeys.map(passkeyRow)} /> : <p>{text.noPasskeys}</p>}
        {factors.passkeys.length < PASSKEYS_MAX && <LinkRow href={`${PASSKEYS}/new`} label={text.addPasskey} />}
      </Card>
      <Card title={fieldMessages[language].password}>
        <Rows rows={[passwordRow()]} />
      </Card>
      <Card title={text.twoStep}>
        <Rows rows={[twoStepRow(), appRow(), ...(factors.twoStep ? [codesRow()] : [])]} />
      </Card>
      {trustedDevices.length > 0 && (
        <Card title={text.devices}>
          <p>{text.devicesLead}</p>
          <Rows rows={trustedDevices.map(trustedDeviceRow)} />
          {trustedDevices.length > 1 && forgetForm("all", text.forgetAll)}
        </Card>
      )}
    </AccountLayout>
  );

  function passkeyRow(row: PasskeyRow): Row {
    return {
      key: row.id,
      title: row.name,
      lines: [
        row.last_used_at === null
          ? text.appAdded(<Day language={language} at={row.created_at} />)
          : text.lastUsed(<DateTime language={language} at={row.last_used_at} />),
      ],
      action: { href: `${PASSKEYS}/${row.id.slice(row.id.indexOf(":") + 1)}`, label: text.manage, about: row.name },
    };
  }

  function passwordRow(): Row {
    const fields = fieldMessages[language];
    const { passwordChangedAt } = account;
    return {
      key: "password",
      title: factors.hasPassword ? fields.password : text.noPassword,
      lines: [
        factors.hasPassword && passwordChangedAt
          ? fields.lastChanged(<Day language={language} at={passwordChangedAt} />)
          : null,
      ],
      action: {
        href: "/app/account/password",
        label: factors.hasPassword ? fields.change : text.choose,
        about: fields.password,
      },
    };
  }

  function twoStepRow(): Row {
    const { twoStep, passkeys } = factors;
    return {
      key: "two-step",
      title: text.twoStep,
      chip: twoStep ? text.on : text.off,
      lines: [twoStep ? text.twoStepOn : text.twoStepOff],
      action: twoStep ? { href: TWO_STEP, label: text.turnOff, about: text.twoStep, danger: true } : undefined,
      form: !twoStep && passkeys.length > 0 && (
        <ButtonForm action={TWO_STEP} submit={text.turnOn} busy={text.turningOn} madeFor={account.id}>
          <HiddenField name="state" value="on" />
        </ButtonForm>
      ),
    };
  }

  function appRow(): Row {
    const { authenticator } = factors;
    const href = "/app/account/authenticator";
    return {
      key: "app",
      title: text.app,
      lines: [authenticator ? text.appAdded(<Day language={language} at={authenticator.created_at} />) : text.noApp],
      action: { href, label: authenticator ? text.manage : text.setUp, about: text.app },
    };
  }

  function codesRow(): Row {
    const { codesLeft } = factors;
    const label = codesLeft > 0 ? text.replace : text.create;
    return {
      key: "codes",
      title: text.codes,
      lines: [codesLeft > 0 ? text.codesLeft(codesLeft) : text.noCodes],
      action: { href: "/app/account/recovery-codes", label, about: text.codes },
    };
  }

  function trustedDeviceRow(row: TrustedDeviceRow): Row {
    const device = nameDevice(language, row);
    return {
      key: row.id,
      title: device,
      lines: [
        joinFacts(nameCountry(language, row.country), text.until(<DateTime language={language} at={row.expires_at} />)),
      ],
      form: forgetForm(row.id, text.forget, device),
    };
  }

  function forgetForm(device: string, label: string, about?: string) {
    return (
      <ButtonForm action={FORGET} submit={label} about={about} busy={text.forgetting} madeFor={account.id}>
        <HiddenField name="device" value={device} />
      </ButtonForm>
    );
  }
}

export type TwoStepNotice = keyof typeof messages.en.twoStepNotices;

export function isTwoStepNotice(value: string | null): value is TwoStepNotice {
  return value !== null && Object.hasOwn(messages.en.twoStepNotices, value);
}

export interface TwoStepPageProps {
  locale: RequestLocale;
  account: Account;
  /** What the form does. */
  state: "on" | "off";
  /** Null if the owner was confirmed recently enough. */
  factors: ConfirmableFactors | null;
  /** Names the recovery codes that the owner has saved; empty if there are none. */
  codes: string;
  notice?: TwoStepNotice | undefined;
  errors?: ConfirmErrors | undefined;
  refusal?: Refusal | undefined;
}

/** The form that turns the second step on or off, and asks for the factors. */
export function TwoStepPage({ locale, account, state, factors, codes, notice, errors, refusal }: TwoStepPageProps) {
  const text = messages[locale.language];
  const isOff = state === "off";
  return (
    <ConfirmActionPage
      {...{ locale, factors, errors, refusal }}
      email={account.email}
      section="security"
      title={isOff ? text.offTitle : text.onTitle}
      lead={
        <>
          {notice && <Notice tone="success">{text.twoStepNotices[notice]}</Notice>}
          <p>{isOff ? text.offLead : text.onLead}</p>
        </>
      }
      action={TWO_STEP}
      submit={isOff ? text.turnOff : text.turnOn}
      busy={isOff ? text.turningOff : text.turningOn}
      madeFor={account.id}
      tone={isOff ? "danger" : "primary"}
      cancel="/app/account/sign-in"
    >
      <HiddenField name="state" value={state} />
      {codes !== "" && <HiddenField name={SAVED_CODES} value={codes} />}
    </ConfirmActionPage>
  );
}

export interface ForgetPageProps {
  locale: RequestLocale;
  account: Account;
  /** The device to forget, or `all`. */
  device: string;
  factors: ConfirmableFactors;
  errors?: ConfirmErrors | undefined;
}

/** The form that forgets remembered devices, and asks for the factors. */
export function ForgetPage({ locale, account, device, factors, errors }: ForgetPageProps) {
  const text = messages[locale.language];
  const title = device === "all" ? text.forgetAll : text.forgetTitle;
  return (
    <ConfirmActionPage
      {...{ locale, factors, errors }}
      email={account.email}
      section="security"
      title={title}
      lead={<p>{text.forgetLead}</p>}
      action={FORGET}
      submit={title}
      busy={text.forgetting}
      madeFor={account.id}
      cancel="/app/account/sign-in"
    >
      <HiddenField name="device" value={device} />
    </ConfirmActionPage>
  );
}
