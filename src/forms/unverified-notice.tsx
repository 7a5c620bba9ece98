import { readableEmail } from "../i18n/email-syntax.ts";
import type { Language } from "../i18n/language.ts";
import { Notice } from "../views/feedback.tsx";
import { ButtonLink } from "../views/panel.tsx";
import { messages } from "./messages.ts";

export interface UnverifiedNoticeProps {
  language: Language;
  /** The email of the account. */
  email: string;
  /** Whether a code was sent that works in this browser. */
  isCodeSent: boolean;
}

/** Asks the user to verify their email, says why, and links to the page that does it. */
export function UnverifiedNotice({ language, email, isCodeSent }: UnverifiedNoticeProps) {
  const text = messages[language];
  return (
    <Notice tone="info">
      {isCodeSent && <p>{text.codeSent(<strong>{readableEmail(email)}</strong>)}</p>}
      <p>{text.unverified}</p>
      <ButtonLink href="/auth/verify-email" tone="quiet">
        {isCodeSent ? text.enterCode : text.verifyIt}
      </ButtonLink>
    </Notice>
  );
}
