import type { Language } from "../i18n/language.ts";
import type { Row } from "../views/account.tsx";
import { messages } from "./messages.ts";

/** Returns a row for each thing that owners can do with their data. The dangerous one is the last. */
export function dataRows(language: Language): Row[] {
  const text = messages[language];
  return [
    {
      key: "export",
      title: text.downloadCopy,
      lines: [text.downloadHelp],
      action: { href: "/app/account/export", label: text.download, about: text.downloadCopy },
    },
    {
      key: "delete",
      title: text.deleteAccount,
      lines: [text.deleteHelp],
      action: { href: "/app/account/delete", label: text.delete, about: text.deleteAccount, danger: true },
    },
  ];
}
