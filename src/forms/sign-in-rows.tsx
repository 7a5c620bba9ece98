import type { Account } from "../auth/accounts/account.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import type { Language } from "../i18n/language.ts";
import type { Row } from "../views/account.tsx";
import { Day } from "../views/client.tsx";
import { messages } from "./messages.ts";

/** Returns a row for each thing that signs in to an account: its email and its password. */
export function signInRows(language: Language, account: Account): Row[] {
  const text = messages[language];
  const { email, emailVerified, passwordChangedAt } = account;
  return [
    {
      key: "email",
      title: readableEmail(email),
      chip: emailVerified ? text.verified : text.notVerified,
      alert: !emailVerified,
      lines: [text.emailUse],
      action: { href: "/app/account/email", label: text.change, about: text.email },
    },
    {
      key: "password",
      title: text.password,
      lines: [passwordChangedAt && text.lastChanged(<Day language={language} at={passwordChangedAt} />)],
      action: {
        href: "/app/account/password",
        // Without that time, the account has no password or one from before 0.2.0.
        label: passwordChangedAt === null ? text.chooseOrChange : text.change,
        about: text.password,
      },
    },
  ];
}
