import type { RequestLocale } from "../i18n/language.ts";
import { AccountLayout, Card, type Section } from "../views/account.tsx";
import { ErrorSummary, listErrors, type Refusal, RefusalNotice } from "../views/feedback.tsx";
import type { Children } from "../views/jsx-runtime.ts";
import { messages as commonMessages } from "../views/messages.ts";
import { LinkRow } from "../views/panel.tsx";
import { ConfirmForm, type ConfirmFormProps, confirmMessages } from "./confirm-fields.tsx";

export interface ConfirmActionPageProps extends Omit<ConfirmFormProps, "language"> {
  locale: RequestLocale;
  section: Section;
  title: string;
  /** Above the form: what it does. */
  lead: Children;
  /** The path of the link that gives the action up. */
  cancel: string;
  /** The errors of further fields by their names. */
  errorMessages?: Record<string, string | undefined> | undefined;
  refusal?: Refusal | undefined;
}

/** A page whose only form carries out an action that the owner of the account confirms. */
export function ConfirmActionPage(props: ConfirmActionPageProps) {
  const { locale, section, title, lead, cancel, errorMessages, refusal, ...form } = props;
  const { language } = locale;
  const problems = listErrors({ ...confirmMessages(language, form.errors ?? {}), ...errorMessages });
  return (
    <AccountLayout
      locale={locale}
      email={form.email}
      section={section}
      title={title}
      errors={problems.length > 0 || refusal !== undefined}
    >
      <Card>
        <ErrorSummary language={language} errors={problems} />
        <RefusalNotice refusal={refusal} />
        {lead}
        <ConfirmForm language={language} {...form} />
        <LinkRow href={cancel} label={commonMessages[language].cancel} />
      </Card>
    </AccountLayout>
  );
}
