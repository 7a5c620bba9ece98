import type { Language } from "../i18n/language.ts";
import { Notice } from "../views/feedback.tsx";
import { ButtonLink } from "../views/panel.tsx";
import { messages } from "./messages.ts";

/** Asks the user to verify their email, says why, and links to the page that does it. */
export function UnverifiedNotice({ language }: { language: Language }) {
  const text = messages[language];
  return (
    <Notice tone="info">
      {text.unverified}
      <ButtonLink href="/auth/verify-email" tone="quiet">
        {text.verifyIt}
      </ButtonLink>
    </Notice>
  );
}
