import type { Language } from "../i18n/language.ts";
import { renderMail } from "../views/mail.tsx";
import type { Mail } from "./mailer.ts";
import { messages } from "./messages.ts";

type Messages = typeof messages.en;

/**
 * Writes the message `name`. `language` is the language of the request that causes it, because the language that the
 * recipient prefers is unknown. `to` is an email in its stored form. `details` are the parameters of the message in
 * `messages`.
 */
export function writeMail<Name extends keyof Messages>(
  language: Language,
  to: string,
  name: Name,
  ...details: Parameters<Messages[Name]>
): Mail {
  const write = messages[language][name] as (...details: Parameters<Messages[Name]>) => ReturnType<Messages[Name]>;
  return { to, ...renderMail(language, write(...details)) };
}
