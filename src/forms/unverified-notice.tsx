import type { Language } from "../i18n/language.ts";
import { Notice } from "../views/feedback.tsx";
import { ButtonLink } from "../views/panel.tsx";
import { WORDS } from "./words.ts";

/** Why to verify one's address, and where. */
export function UnverifiedNotice({ language }: { language: Language }) {
  const words = WORDS[language];
  return (
    <Notice tone="info">
      {words.unverified}
      <ButtonLink href="/auth/verify-email" tone="quiet">
        {words.verifyIt}
      </ButtonLink>
    </Notice>
  );
}
