import { dataRows } from "../../../forms/data-rows.ts";
import type { RequestLocale } from "../../../i18n/language.ts";
import { AccountLayout, Card, Rows } from "../../../views/account.tsx";
import { messages } from "../../../views/messages.ts";

/** `email`: of the account. */
export function DataPage({ locale, email }: { locale: RequestLocale; email: string }) {
  const { language } = locale;
  return (
    <AccountLayout locale={locale} email={email} section="data" title={messages[language].sections.data}>
      <Card>
        <Rows rows={dataRows(language)} />
      </Card>
    </AccountLayout>
  );
}
