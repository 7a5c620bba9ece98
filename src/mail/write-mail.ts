import type { Language } from "../i18n/language.ts";
import { renderMail } from "../views/mail.tsx";
import type { Mail } from "./mailer.ts";
import { messages } from "./messages.ts";

type Words = typeof messages.en;

/**
 * Writes the message `name` to a stored email, in the language of the request. `details` are its links, codes and
 * facts, in the order of the parameters in `messages`.
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
