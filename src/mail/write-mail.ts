import type { Language } from "../i18n/language.ts";
import { renderMail } from "../views/mail.tsx";
import type { Mail } from "./mailer.ts";
import { messages } from "./messages.ts";

type Words = typeof messages.en;

/**
 * The mail `name` to a stored address, in the language of whoever caused it: nothing tells which its reader has chosen
 * elsewhere. `details`: its links and codes, in the order in which the words take them.
 */
export function writeMail<Name extends keyof Words>(
  language: Language,
  to: string,
  name: Name,
  ...details: Parameters<Words[Name]>
): Mail {
  const write = messages[language][name] as (...details: Parameters<Words[Name]>) => ReturnType<Words[Name]>;
  return { to, ...renderMail(language, write(...details)) };
}
