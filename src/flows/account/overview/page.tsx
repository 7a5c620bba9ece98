import type { Account } from "../../../auth/accounts/account.ts";
import { UnverifiedNotice } from "../../../forms/unverified-notice.tsx";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { PageView } from "../../../i18n/language.ts";
import { Day } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { Notice } from "../../../views/feedback.tsx";
import { Ways } from "../../../views/list.tsx";
import { Facts, LinkRow, Panel } from "../../../views/panel.tsx";
import { WORDS } from "./words.ts";

export type AccountNotice = keyof typeof WORDS.en.notices;

export function isAccountNotice(value: string | null): value is AccountNotice {
  return value !== null && Object.hasOwn(WORDS.en.notices, value);
}

export interface AccountPageProps {
  view: PageView;
  account: Account;
  notice?: AccountNotice | undefined;
}

export function AccountPage({ view, account, notice }: AccountPageProps) {
  const { language } = view;
  const words = WORDS[language];
  return (
    <Layout view={view} title={words.title} signOut>
      <Panel title={words.title}>
        {notice && <Notice tone="success">{words.notices[notice]}</Notice>}
        {!account.emailVerified && <UnverifiedNotice language={language} />}
        <Facts
          facts={[
            { term: words.address, value: readableEmail(account.email) },
            { term: words.verified, value: account.emailVerified ? words.yes : words.notYet },
            { term: words.memberSince, value: <Day language={language} at={account.createdAt} /> },
          ]}
        />
        <Ways
          label={words.title}
          ways={Object.entries(words.ways).map(([name, way]) => ({ href: `/app/account/${name}`, ...way }))}
        />
        <LinkRow href="/app" label={words.back} />
      </Panel>
    </Layout>
  );
}
