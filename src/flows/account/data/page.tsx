import { dataRows } from "../../../forms/data-rows.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card, Rows } from "../../../views/account.tsx";
import { Notice } from "../../../views/feedback.tsx";
import { messages as commonMessages } from "../../../views/messages.ts";
import { messages } from "./messages.ts";

export interface DataPageProps {
  locale: RequestLocale;
  /** The email of the account. */
  email: string;
  /** Whether the owner has just confirmed a download. */
  isConfirmed: boolean;
}

export function DataPage({ locale, email, isConfirmed }: DataPageProps) {
  const { language } = locale;
  return (
    <AccountLayout locale={locale} email={email} section="data" title={commonMessages[language].sections.data}>
      {isConfirmed && <Notice tone="success">{messages[language].confirmed}</Notice>}
      <Card>
        <Rows rows={dataRows(language)} />
      </Card>
    </AccountLayout>
  );
}
