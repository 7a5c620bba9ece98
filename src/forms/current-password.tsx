import type { CurrentPasswordProblem } from "../auth/accounts/accounts.ts";
import type { Language } from "../i18n/language.ts";
import { EmailField, PasswordField } from "../views/form.tsx";
import { messages } from "./messages.ts";

/** Returns the error message for the field. */
export function currentPasswordMessage(
  language: Language,
  problem: CurrentPasswordProblem | undefined,
): string | undefined {
  return problem && messages[language].currentPasswordProblems[problem];
}

/** Returns the status of the page with the error: 422 for a missing password, 401 for a wrong password. */
export function currentPasswordStatus(problem: CurrentPasswordProblem): 401 | 422 {
  return problem === "current-password-wrong" ? 401 : 422;
}

export interface CurrentPasswordFieldProps {
  language: Language;
  /** The email of the account. Its field tells password managers which password to fill in. The server ignores it. */
  email: string;
  error?: string | undefined;
}

export function CurrentPasswordField({ language, email, error }: CurrentPasswordFieldProps) {
  const text = messages[language];
  return (
    <>
      <EmailField name="account" label={text.account} value={email} autocomplete="username" readOnly />
      <PasswordField
        name="currentPassword"
        label={text.currentPassword}
        help={text.currentPasswordHelp}
        autocomplete="current-password"
        error={error}
      />
    </>
  );
}
