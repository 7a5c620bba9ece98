import type { Account } from "../../auth/accounts/account.ts";
import { UnverifiedNotice } from "../../forms/unverified-notice.tsx";
import { readableEmail } from "../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../i18n/language.ts";
import { Card } from "../../views/account.tsx";
import { Layout } from "../../views/document.tsx";
import { Notice } from "../../views/feedback.tsx";
import { ButtonLink } from "../../views/panel.tsx";
import { messages } from "./messages.ts";

export type HomeNotice = keyof typeof messages.en.notices;

export function isHomeNotice(value: string | null): value is HomeNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface AppPageProps {
  locale: RequestLocale;
  account: Account;
  /** Whether a code to verify the email was sent that works in this browser. */
  isCodeSent: boolean;
  notice?: HomeNotice | undefined;
}

/** The home page of signed-in people. */
export function AppPage({ locale, account, isCodeSent, notice }: AppPageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <Layout locale={locale} title={text.title} signedInAs={account.email}>
      <h1>{text.heading}</h1>
      {notice && <Notice tone="success">{text.notices[notice]}</Notice>}
      {!account.emailVerified && <UnverifiedNotice {...{ language, account, isCodeSent }} />}
      <Card>
        <p>{text.signedInAs(<strong>{readableEmail(account.email)}</strong>)}</p>
        <ButtonLink href="/app/account">{text.account}</ButtonLink>
      </Card>
    </Layout>
  );
}
