import {
  findPasswordProblem,
  type NewPasswordProblem,
  PASSWORD_MAX_CODE_POINTS,
  PASSWORD_MIN_CODE_POINTS,
} from "../auth/password-rules.ts";
import type { FormFields } from "../http/form-body.ts";
import { PasswordField } from "../views/form.tsx";

export interface NewPasswordErrors {
  readonly password?: NewPasswordProblem | undefined;
  readonly passwordConfirmation?: "confirmation-differs" | undefined;
}

export type NewPasswordReading =
  | { readonly ok: true; readonly password: string }
  | { readonly ok: false; readonly errors: NewPasswordErrors };

const MESSAGES: Record<NewPasswordProblem | "confirmation-differs", string> = {
  "password-missing": "Choose a password",
  "password-too-short": `Choose a password of at least ${PASSWORD_MIN_CODE_POINTS} characters`,
  "password-too-long": `Choose a password of at most ${PASSWORD_MAX_CODE_POINTS} characters`,
  "password-malformed": "This password holds characters that do not arrive whole. Choose another",
  "password-common": "This password is among the first that attackers try. Choose another",
  "password-breached": "This password was stolen from another service and is on attackers' lists. Choose another",
  "password-contains-address": "Choose a password that does not contain your address",
  "password-contains-service": "Choose a password that does not contain the name of this service",
  "confirmation-differs": "The two passwords are not the same",
};

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
export function newPasswordMessages({ password, passwordConfirmation }: NewPasswordErrors) {
  return {
    password: password && MESSAGES[password],
    passwordConfirmation: passwordConfirmation && MESSAGES[passwordConfirmation],
  };
}

export interface NewPasswordFieldsProps {
  /** Where there is another password on the form. */
  label?: string | undefined;
  messages: ReturnType<typeof newPasswordMessages>;
}

export function NewPasswordFields({ label = "Password", messages }: NewPasswordFieldsProps) {
  return (
    <>
      <PasswordField
        name="password"
        label={label}
        autocomplete="new-password"
        help={`At least ${PASSWORD_MIN_CODE_POINTS} characters. A few words make a good one.`}
        minLength={PASSWORD_MIN_CODE_POINTS}
        error={messages.password}
      />
      <PasswordField
        name="passwordConfirmation"
        label="The same password again"
        autocomplete="new-password"
        enterKeyHint="go"
        error={messages.passwordConfirmation}
      />
    </>
  );
}
