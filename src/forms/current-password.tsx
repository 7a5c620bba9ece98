import type { CurrentPasswordProblem } from "../auth/accounts.ts";
import { EmailField, PasswordField } from "../views/form.tsx";

const MESSAGES: Record<CurrentPasswordProblem, string> = {
  "current-password-missing": "Enter the password that you have now",
  "current-password-wrong": "This is not the password of this account",
};

/** What is to be said at the field. */
export function currentPasswordMessage(problem: CurrentPasswordProblem | undefined): string | undefined {
  return problem && MESSAGES[problem];
}

/** Status of the page that says it: something is missing, or it is not who it should be. */
export function currentPasswordStatus(problem: CurrentPasswordProblem): 401 | 422 {
  return problem === "current-password-wrong" ? 401 : 422;
}

export interface CurrentPasswordFieldProps {
  /** Whose it is. Sent along but not read: it tells password managers which of theirs to fill in. */
  email: string;
  error?: string | undefined;
}

export function CurrentPasswordField({ email, error }: CurrentPasswordFieldProps) {
  return (
    <>
      <AccountField email={email} />
      <PasswordField
        name="currentPassword"
        label="Your password now"
        help="So that nobody else does this while you are away."
        autocomplete="current-password"
        error={error}
      />
    </>
  );
}

function AccountField({ email }: { email: string }) {
  return <EmailField name="account" label="Your account" value={email} autocomplete="username" readOnly />;
}
