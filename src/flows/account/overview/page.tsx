import type { Account } from "../../../auth/accounts/account.ts";
import { UnverifiedNotice } from "../../../forms/unverified-notice.tsx";
import { readableEmail } from "../../../i18n/email-syntax.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { Day } from "../../../views/client.tsx";
import { Layout } from "../../../views/document.tsx";
import { Notice } from "../../../views/feedback.tsx";
import { NavList } from "../../../views/list.tsx";
import { Facts, LinkRow, Panel } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

export type AccountNotice = keyof typeof messages.en.notices;

export function isAccountNotice(value: string | null): value is AccountNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface AccountPageProps {
  locale: RequestLocale;
  account: Account;
  notice?: AccountNotice | undefined;
}

export function AccountPage({ locale, account, notice }: AccountPageProps) {
  const { language } = locale;
  const text = messages[language];
  return (
    <Layout locale={locale} title={text.title} signOut>
      <Panel title={text.title}>
        {notice && <Notice tone="success">{text.notices[notice]}</Notice>}
        {!account.emailVerified && <UnverifiedNotice language={language} />}
        <Facts
          facts={[
            { term: text.email, value: readableEmail(account.email) },
            { term: text.verified, value: account.emailVerified ? text.yes : text.notYet },
            { term: text.memberSince, value: <Day language={language} at={account.createdAt} /> },
          ]}
        />
        <NavList
          label={text.title}
          actions={Object.entries(text.actions).map(([name, action]) => ({ href: `/app/account/${name}`, ...action }))}
        />
        <LinkRow href="/app" label={text.back} />
      </Panel>
    </Layout>
  );
}
