import type { CurrentPasswordProblem } from "../auth/accounts/accounts.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import type { Language } from "../i18n/language.ts";
import { type ButtonTone, Form, type FormProps, HiddenField, PasskeyButton, TextField } from "../views/form.tsx";
import type { Children } from "../views/jsx-runtime.ts";
import { CurrentPasswordField, currentPasswordMessage } from "./current-password.tsx";
import { type FactorProblem, messages } from "./factor-messages.ts";
import type { CodeProblem } from "./mailed-code.ts";

/** The factors with which the owner of an account can confirm an action. */
export interface ConfirmableFactors {
  readonly hasPassword: boolean;
  /** Whether the password is not sufficient. */
  readonly twoStep: boolean;
  readonly hasApp: boolean;
  readonly hasRecoveryCodes: boolean;
  /** The options of a passkey request as JSON; null if the account has no passkey. */
  readonly passkeyOptions: string | null;
  /**
   * For an account that has neither a password nor a passkey, which confirms with a mailed code; otherwise null. `page`:
   * the path of the page that asks for it. `isSent`: whether a code was sent that works in this browser.
   */
  readonly mailedCode: { readonly page: string; readonly isSent: boolean } | null;
}

/** Whether the password can confirm an action, with a code if the second step is on. */
function passwordConfirms({ hasPassword, twoStep, hasApp, hasRecoveryCodes }: ConfirmableFactors): boolean {
  return hasPassword && (!twoStep || hasApp || hasRecoveryCodes);
}

/** The factors of an account that has only a password. */
export const PASSWORD_ONLY: ConfirmableFactors = {
  hasPassword: true,
  twoStep: false,
  hasApp: false,
  hasRecoveryCodes: false,
  passkeyOptions: null,
  mailedCode: null,
};

export interface ConfirmErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
  readonly code?: FactorProblem | undefined;
  readonly passkey?: FactorProblem | undefined;
  readonly mailedCode?: CodeProblem | undefined;
}

interface ConfirmFieldsProps {
  language: Language;
  /** The email of the account. */
  email: string;
  factors: ConfirmableFactors;
  errors: ConfirmErrors;
}

/**
 * The fields with which the owner of an account confirms an action: the password, and with the second step a code of the
 * authenticator app or a recovery code.
 */
function ConfirmFields({ language, email, factors, errors }: ConfirmFieldsProps) {
  const text = messages[language];
  const { twoStep, hasApp, mailedCode } = factors;
  const hasPassword = passwordConfirms(factors);
  return (
    <>
      {mailedCode !== null && (
        <>
          <p>{text.mailedCodeSent(<strong>{readableEmail(email)}</strong>)}</p>
          <TextField
            name="mailedCode"
            label={text.mailedCode}
            autocomplete="one-time-code"
            inputMode="numeric"
            error={errors.mailedCode && text.mailedCodeProblems[errors.mailedCode]}
          />
        </>
      )}
      {hasPassword && (
        <CurrentPasswordField
          language={language}
          email={email}
          error={currentPasswordMessage(language, errors.currentPassword)}
        />
      )}
      {hasPassword && twoStep && (
        <TextField
          name="code"
          label={hasApp ? text.codeOrRecoveryCode : text.recoveryCode}
          help={hasApp ? text.codeOrRecoveryCodeHelp : text.recoveryCodeHelp}
          autocomplete="one-time-code"
          error={errors.code && text.problems[errors.code]}
        />
      )}
    </>
  );
}

/** Lists the errors of the fields for the summary above the form. */
export function confirmMessages(language: Language, errors: ConfirmErrors): Record<string, string | undefined> {
  const { problems, mailedCodeProblems } = messages[language];
  const mailedCode = errors.mailedCode && mailedCodeProblems[errors.mailedCode];
  // Without a valid code there is no field for one.
  const isGone = errors.mailedCode === "gone";
  return {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    code: errors.code && problems[errors.code],
    mailedCode: isGone ? undefined : mailedCode,
    "": isGone ? mailedCode : errors.passkey && problems[errors.passkey],
  };
}

/**
 * The part of a form's props that uses a passkey: by its first button if it has no other field, otherwise by another one
 * below it.
 */
export function passkeyProps(
  language: Language,
  { hasField, passkeyOptions: options }: { readonly hasField: boolean; readonly passkeyOptions: string | null },
): Pick<FormProps, "after" | "passkey"> {
  if (options === null) return {};
  const label = messages[language].usePasskey;
  return hasField ? { after: <PasskeyButton {...{ language, label, options }} /> } : { passkey: { language, options } };
}

/** Mails a code, and leads back to the page `from`. */
export const SEND_CODE_PATH = "/app/account/confirm/code";

export interface ConfirmFormProps extends Omit<ConfirmFieldsProps, "errors" | "factors"> {
  /** Null if the owner was confirmed recently enough for the action. */
  factors: ConfirmableFactors | null;
  errors?: ConfirmErrors | undefined;
  action: string;
  submit: string;
  busy: string;
  madeFor: string;
  tone?: ButtonTone | undefined;
  returnPath?: string | undefined;
  children?: Children;
}

/** A form that the owner of the account confirms with its factors. Before a code was mailed, it is the form that asks for one. */
export function ConfirmForm({ language, email, factors, errors = {}, children, ...form }: ConfirmFormProps) {
  const text = messages[language];
  if (factors === null) return <Form {...form}>{children}</Form>;
  const { passkeyOptions, mailedCode } = factors;
  const hasPassword = passwordConfirms(factors);
  if (mailedCode !== null && !mailedCode.isSent) {
    const { madeFor, returnPath } = form;
    return (
      <Form
        action={SEND_CODE_PATH}
        submit={text.sendCode}
        busy={text.sending}
        madeFor={madeFor}
        returnPath={returnPath}
      >
        <p>{text.noFactor}</p>
        <HiddenField name="from" value={mailedCode.page} />
      </Form>
    );
  }
  const { passkey, after } = passkeyProps(language, { hasField: hasPassword, passkeyOptions });
  return (
    <Form
      {...form}
      passkey={passkey}
      after={
        <>
          {after}
          {mailedCode && (
            <button type="submit" class="quiet" formaction={SEND_CODE_PATH} name="from" value={mailedCode.page}>
              {text.sendAnotherCode}
            </button>
          )}
        </>
      }
    >
      <ConfirmFields {...{ language, email, factors, errors }} />
      {children}
      {passkey && <p>{text.asksForPasskey}</p>}
    </Form>
  );
}
