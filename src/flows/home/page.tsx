import type { Account } from "../../auth/accounts/account.ts";
import { UnverifiedNotice } from "../../forms/unverified-notice.tsx";
import { readableEmail } from "../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../i18n/language.ts";
import { Day } from "../../views/client.tsx";
import { Layout } from "../../views/document.tsx";
import { SignOutForm } from "../../views/form.tsx";
import { ButtonLink, Facts, Panel } from "../../views/panel.tsx";
import { messages } from "./messages.ts";

/** The home page of signed-in people. */
export function AppPage({ locale, account }: { locale: RequestLocale; account: Account }) {
  const { language } = locale;
  const text = messages[language];
  return (
    <Layout locale={locale} title={text.title} lists>
      <Panel title={text.heading}>
        {!account.emailVerified && <UnverifiedNotice language={language} />}
        <Facts
          facts={[
            { term: text.signedInAs, value: readableEmail(account.email) },
            { term: text.email, value: account.emailVerified ? text.verified : text.notVerified },
            { term: text.memberSince, value: <Day language={language} at={account.createdAt} /> },
          ]}
        />
        <ButtonLink href="/app/account">{text.account}</ButtonLink>
        <SignOutForm language={language} />
      </Panel>
    </Layout>
  );
}
