import type { Account } from "../../../auth/accounts/account.ts";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { PendingEmailCard } from "../../../forms/pending-email-card.tsx";
import { signInRows } from "../../../forms/sign-in-rows.tsx";
import { UnverifiedNotice } from "../../../forms/unverified-notice.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card, Rows } from "../../../views/account.tsx";
import { Notice } from "../../../views/feedback.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { messages } from "./messages.ts";

export type SecurityNotice = keyof typeof messages.en.notices;

export function isSecurityNotice(value: string | null): value is SecurityNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface SecurityPageProps {
  locale: RequestLocale;
  account: Account;
  /** The requested email that is not confirmed yet; null if there is none. */
  pendingEmail: string | null;
  /** Whether accounts can have passkeys and a second step. */
  offersFactors: boolean;
  /** Whether a code to verify the email was sent that works in this browser. */
  isCodeSent: boolean;
  notice?: SecurityNotice | undefined;
}

export function SecurityPage({ locale, account, pendingEmail, offersFactors, isCodeSent, notice }: SecurityPageProps) {
  const { language } = locale;
  const text = messages[language];
  const { sections } = commonMessages[language];
  return (
    <AccountLayout locale={locale} email={account.email} section="security" title={sections.security}>
      {notice && <Notice tone="success">{text.notices[notice]}</Notice>}
      {!account.emailVerified && <UnverifiedNotice {...{ language, account, isCodeSent }} />}
      <Card title={fieldMessages[language].signInDetails}>
        <Rows
          rows={[
            ...signInRows(language, account),
            ...(offersFactors
              ? [
                  {
                    key: "factors",
                    title: text.factors,
                    chip: account.twoStepAt !== null && text.twoStepOn,
                    lines: [text.factorsHelp],
                    action: { href: "/app/account/sign-in", label: text.manage, about: text.factors },
                  },
                ]
              : []),
          ]}
        />
      </Card>
      <PendingEmailCard language={language} email={pendingEmail} madeFor={account.id} />
      <Card title={text.notYou}>
        <Rows
          rows={[
            {
              key: "activity",
              title: text.checkActivity,
              lines: [text.checkActivityHelp],
              action: { href: "/app/account/activity", label: text.view, about: text.checkActivity },
            },
            {
              key: "password",
              title: text.changePassword,
              lines: [text.changePasswordHelp],
              action: { href: "/app/account/password", label: text.change, about: text.changePassword },
            },
            {
              key: "others",
              title: text.signOutOthers,
              lines: [text.signOutOthersHelp],
              action: { href: "/app/account/sessions?end=others", label: text.signOut, about: text.signOutOthers },
            },
          ]}
        />
      </Card>
    </AccountLayout>
  );
}
