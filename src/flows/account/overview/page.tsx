import type { Account } from "../../../auth/accounts/account.ts";
import type { ListedSession } from "../../../auth/sessions/session.ts";
import { dataRows } from "../../../forms/data-rows.ts";
import { deviceRow } from "../../../forms/device-row.tsx";
import { messages as fieldMessages } from "../../../forms/messages.ts";
import { signInRows } from "../../../forms/sign-in-rows.tsx";
import { UnverifiedNotice } from "../../../forms/unverified-notice.tsx";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card, Rows } from "../../../views/account.tsx";
import { Day } from "../../../views/client.tsx";
import { Notice } from "../../../views/feedback.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { LinkRow } from "../../../views/panel.tsx";
import { messages } from "./messages.ts";

/** Devices that the overview shows, with this one. The section has all of them. */
const DEVICES_SHOWN = 2;

export type AccountNotice = keyof typeof messages.en.notices;

export function isAccountNotice(value: string | null): value is AccountNotice {
  return value !== null && Object.hasOwn(messages.en.notices, value);
}

export interface AccountPageProps {
  locale: RequestLocale;
  account: Account;
  /** The live sessions, last used first. */
  sessions: readonly ListedSession[];
  /** The handle of the current session. */
  currentHandle: string;
  /** Whether a code to verify the email was sent that works in this browser. */
  isCodeSent: boolean;
  notice?: AccountNotice | undefined;
  /** Epoch milliseconds. */
  now: number;
}

export function AccountPage({ locale, account, sessions, currentHandle, isCodeSent, notice, now }: AccountPageProps) {
  const { language } = locale;
  const text = messages[language];
  const { sections } = commonMessages[language];
  const isCurrent = ({ handle }: ListedSession) => handle === currentHandle;
  const shown = [...sessions.filter(isCurrent), ...sessions.filter((session) => !isCurrent(session))];
  return (
    <AccountLayout locale={locale} email={account.email} section="overview" title={commonMessages[language].account}>
      {notice && <Notice tone="success">{text.notices[notice]}</Notice>}
      {!account.emailVerified && <UnverifiedNotice {...{ language, account, isCodeSent }} />}
      <Card title={fieldMessages[language].signInDetails}>
        <Rows rows={signInRows(language, account)} />
      </Card>
      <Card title={sections.devices}>
        <Rows
          rows={shown
            .slice(0, DEVICES_SHOWN)
            .map((session) =>
              deviceRow(language, session, { now, madeFor: account.id, isCurrent: isCurrent(session), isBrief: true }),
            )}
        />
        {sessions.length > DEVICES_SHOWN && (
          <LinkRow href="/app/account/sessions" label={text.seeAllDevices(sessions.length)} />
        )}
      </Card>
      <Card title={sections.data}>
        <Rows rows={dataRows(language)} />
      </Card>
      <p>
        <small>{text.accountCreated(<Day language={language} at={account.createdAt} />)}</small>
      </p>
    </AccountLayout>
  );
}
