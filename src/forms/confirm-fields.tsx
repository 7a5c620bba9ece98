import type { CurrentPasswordProblem } from "../auth/accounts/accounts.ts";
import type { Language } from "../i18n/language.ts";
import { type FormProps, PasskeyButton, TextField } from "../views/form.tsx";
import { CurrentPasswordField, currentPasswordMessage } from "./current-password.tsx";
import { type FactorProblem, messages } from "./factor-messages.ts";

/** The factors with which the owner of an account can confirm an action. */
export interface ConfirmableFactors {
  readonly hasPassword: boolean;
  /** Whether the password is not sufficient. */
  readonly twoStep: boolean;
  readonly hasApp: boolean;
  readonly hasRecoveryCodes: boolean;
  /** The options of a passkey request as JSON; null if the account has no passkey. */
  readonly passkeyOptions: string | null;
}

/** The factors of an account that has only a password. */
export const PASSWORD_ONLY: ConfirmableFactors = {
  hasPassword: true,
  twoStep: false,
  hasApp: false,
  hasRecoveryCodes: false,
  passkeyOptions: null,
};

export interface ConfirmErrors {
  readonly currentPassword?: CurrentPasswordProblem | undefined;
  readonly code?: FactorProblem | undefined;
  readonly passkey?: FactorProblem | undefined;
}

export interface ConfirmFieldsProps {
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
export function ConfirmFields({ language, email, factors, errors }: ConfirmFieldsProps) {
  const text = messages[language];
  const { hasPassword, twoStep, hasApp, hasRecoveryCodes } = factors;
  return (
    <>
      {hasPassword && (
        <CurrentPasswordField
          language={language}
          email={email}
          error={currentPasswordMessage(language, errors.currentPassword)}
        />
      )}
      {hasPassword && twoStep && (hasApp || hasRecoveryCodes) && (
        <TextField
          name="code"
          label={hasApp ? text.codeOrRecoveryCode : text.recoveryCode}
          help={hasApp ? text.codeHelp : text.recoveryCodeHelp}
          autocomplete="one-time-code"
          error={errors.code && text.problems[errors.code]}
        />
      )}
    </>
  );
}

/** Lists the errors of the fields for the summary above the form. */
export function confirmMessages(language: Language, errors: ConfirmErrors): Record<string, string | undefined> {
  return {
    currentPassword: currentPasswordMessage(language, errors.currentPassword),
    code: errors.code && messages[language].problems[errors.code],
    "": errors.passkey && messages[language].problems[errors.passkey],
  };
}

/**
 * The part of a form's props that confirms with a passkey: its first button for an account without a password, otherwise
 * another one below it.
 */
export function passkeyProps(
  language: Language,
  { hasPassword, passkeyOptions: options }: Pick<ConfirmableFactors, "hasPassword" | "passkeyOptions">,
): Pick<FormProps, "after" | "passkey"> {
  if (options === null) return {};
  const label = messages[language].usePasskey;
  return hasPassword
    ? { after: <PasskeyButton {...{ language, label, options }} /> }
    : { passkey: { language, options } };
}
