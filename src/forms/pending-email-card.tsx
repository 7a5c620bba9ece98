import { readableEmail } from "../i18n/email-syntax.ts";
import type { Language } from "../i18n/language.ts";
import { Card, Rows } from "../views/account.tsx";
import { ButtonForm } from "../views/form.tsx";
import { messages } from "./messages.ts";

export interface PendingEmailCardProps {
  language: Language;
  /** The email that was requested; null renders nothing. */
  email: string | null;
  /** The id of the account. */
  madeFor: string;
}

/** Shows a change of the email that is not confirmed yet, with a button that cancels it. */
export function PendingEmailCard({ language, email, madeFor }: PendingEmailCardProps) {
  const text = messages[language];
  if (email === null) return null;
  return (
    <Card title={text.pendingEmail}>
      <Rows
        rows={[
          {
            key: "pending",
            title: readableEmail(email),
            chip: text.notConfirmed,
            alert: true,
            lines: [text.pendingEmailHelp],
            form: (
              <ButtonForm
                action="/app/account/email/cancel"
                submit={text.cancelChange}
                busy={text.canceling}
                madeFor={madeFor}
              />
            ),
          },
        ]}
      />
    </Card>
  );
}
