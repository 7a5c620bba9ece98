import type { Account } from "../auth/accounts/account.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import type { Language } from "../i18n/language.ts";
import { Notice } from "../views/feedback.tsx";
import { ButtonLink } from "../views/panel.tsx";
import { messages } from "./messages.ts";

export interface UnverifiedNoticeProps {
  language: Language;
  account: Pick<Account, "email" | "passwordChangedAt">;
  /** Whether a code was sent that works in this browser. */
  isCodeSent: boolean;
}

/** Asks the user to verify their email, says why, and links to the page that does it. */
export function UnverifiedNotice({ language, account, isCodeSent }: UnverifiedNoticeProps) {
  const text = messages[language];
  return (
    <Notice tone="info">
      {isCodeSent && <p>{text.codeSent(<strong>{readableEmail(account.email)}</strong>)}</p>}
      <p>{account.passwordChangedAt === null ? text.unverifiedPasskey : text.unverified}</p>
      <ButtonLink href="/auth/verify-email" tone="quiet">
        {isCodeSent ? text.enterCode : text.verifyIt}
      </ButtonLink>
    </Notice>
  );
}
