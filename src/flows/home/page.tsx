import type { Account } from "../../auth/accounts/account.ts";
import { UnverifiedNotice } from "../../forms/unverified-notice.tsx";
import { readableEmail } from "../../i18n/email-syntax.ts";
import type { PageView } from "../../i18n/language.ts";
import { Day } from "../../views/client.tsx";
import { Layout } from "../../views/document.tsx";
import { SignOutForm } from "../../views/form.tsx";
import { ButtonLink, Facts, Panel } from "../../views/panel.tsx";
import { WORDS } from "./words.ts";

/** The protected page. */
export function AppPage({ view, account }: { view: PageView; account: Account }) {
  const { language } = view;
  const words = WORDS[language];
  return (
    <Layout view={view} title={words.title} lists>
      <Panel title={words.heading}>
        {!account.emailVerified && <UnverifiedNotice language={language} />}
        <p>{words.onlyYou}</p>
        <Facts
          facts={[
            { term: words.signedInAs, value: readableEmail(account.email) },
            { term: words.address, value: account.emailVerified ? words.verified : words.notVerified },
            { term: words.memberSince, value: <Day language={language} at={account.createdAt} /> },
          ]}
        />
        <ButtonLink href="/app/account">{words.account}</ButtonLink>
        <SignOutForm language={language} />
      </Panel>
    </Layout>
  );
}
