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

/** The fields `password` and `passwordConfirmation` of the account with this address, which is empty if unknown. */
export function readNewPassword(fields: FormFields, email: string): NewPasswordReading {
  const password = fields.text("password");
  const problem = findPasswordProblem(password, email);
  if (problem !== null) return { ok: false, errors: { password: problem } };
  // Asked only of a good password: the confirmation of one that is refused says nothing.
  if (fields.text("passwordConfirmation") === password) return { ok: true, password };
  return { ok: false, errors: { passwordConfirmation: "confirmation-differs" } };
}

/** What is to be said at the two fields. */
export function newPasswordMessages(language: Language, { password, passwordConfirmation }: NewPasswordErrors) {
  const problems = messages[language].newPasswordProblems;
  return {
    password: password && problems[password],
    passwordConfirmation: passwordConfirmation && problems[passwordConfirmation],
  };
}

export interface NewPasswordFieldsProps {
  language: Language;
  /** Where there is another password on the form. */
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
