import {
  findPasswordProblem,
  type NewPasswordProblem,
  PASSWORD_MIN_CODE_POINTS,
} from "../auth/credentials/password/rules.ts";
import type { FormFields } from "../http/form-body.ts";
import type { Language } from "../i18n/language.ts";
import { PasswordField } from "../views/form.tsx";
import { messages } from "./messages.ts";

export interface NewPasswordErrors {
  readonly password?: NewPasswordProblem | undefined;
  readonly passwordConfirmation?: "confirmation-differs" | undefined;
}

export type NewPasswordReading =
  | { readonly ok: true; readonly password: string }
  | { readonly ok: false; readonly errors: NewPasswordErrors };

/**
 * Reads and checks the fields `password` and `passwordConfirmation`. `email` is the email of the account, or empty if
 * it is unknown.
 */
export function readNewPassword(fields: FormFields, email: string): NewPasswordReading {
  const password = fields.text("password");
  const problem = findPasswordProblem(password, email);
  if (problem !== null) return { ok: false, errors: { password: problem } };
  // Compared last, because a rejected password must be typed again together with its confirmation.
  if (fields.text("passwordConfirmation") === password) return { ok: true, password };
  return { ok: false, errors: { passwordConfirmation: "confirmation-differs" } };
}

/** Returns the error messages for the two fields. */
export function newPasswordMessages(language: Language, { password, passwordConfirmation }: NewPasswordErrors) {
  const problems = messages[language].newPasswordProblems;
  return {
    password: password && problems[password],
    passwordConfirmation: passwordConfirmation && problems[passwordConfirmation],
  };
}

export interface NewPasswordFieldsProps {
  language: Language;
  /** Defaults to "Password". Set if the form has another password field. */
  label?: string | undefined;
  errorMessages: ReturnType<typeof newPasswordMessages>;
}

export function NewPasswordFields({ language, label, errorMessages }: NewPasswordFieldsProps) {
  const text = messages[language];
  return (
    <>
      <PasswordField
        name="password"
        label={label ?? text.password}
        autocomplete="new-password"
        help={text.newPasswordHelp}
        minLength={PASSWORD_MIN_CODE_POINTS}
        error={errorMessages.password}
      />
      <PasswordField
        name="passwordConfirmation"
        label={text.confirmation}
        autocomplete="new-password"
        enterKeyHint="go"
        error={errorMessages.passwordConfirmation}
      />
    </>
  );
}
