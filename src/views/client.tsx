import { LANGUAGES, type Language, TRAITS, type Translations } from "../i18n/language.ts";
import { messages } from "./messages.ts";

const DAYS = byLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }));
const DATE_TIMES = byLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }),
);
const COUNTRIES = byLanguage((locale) => new Intl.DisplayNames(locale, { type: "region", fallback: "none" }));

/** Shows epoch milliseconds to the minute, in UTC, because the reader's time zone is unknown. */
export function DateTime({ language, at }: { language: Language; at: number }) {
  const date = new Date(at);
  // Without seconds, so that a list of many times compresses well.
  const machineReadable = `${date.toISOString().slice(0, 16)}Z`;
  return <time datetime={machineReadable}>{formatDateTime(language, at)} UTC</time>;
}

/** Formats epoch milliseconds in UTC, to the minute, as in "26 November 2026 at 22:15". */
export function formatDateTime(language: Language, at: number): string {
  return DATE_TIMES[language]().format(at);
}

/** Shows the day of epoch milliseconds, in UTC. */
export function Day({ language, at }: { language: Language; at: number }) {
  return <time datetime={new Date(at).toISOString().slice(0, 10)}>{DAYS[language]().format(at)}</time>;
}

export interface Device {
  readonly browser: string | null;
  readonly platform: string | null;
}

/** Names a device, such as "Firefox on Windows", as far as it is known. */
export function nameDevice(language: Language, { browser, platform }: Device): string {
  const text = messages[language];
  if (browser && platform) return text.browserOn(browser, platform);
  return browser ?? (platform ? text.somethingOn(platform) : text.unknownDevice);
}

/**
 * Names a country. Null if the platform reported none, or if the letters name no country (Tor has letters of its own).
 */
export function nameCountry(language: Language, letters: string | null): string | null {
  return (letters && COUNTRIES[language]().of(letters)) ?? null;
}

/** Creates formatters on first use, because creating one costs more than a page. */
function byLanguage<Format>(make: (locale: string) => Format): Translations<() => Format> {
  const lazily = (language: Language) => {
    let made: Format | undefined;
    return () => {
      made ??= make(TRAITS[language].locale);
      return made;
    };
  };
  return Object.fromEntries(LANGUAGES.map((language) => [language, lazily(language)])) as Translations<() => Format>;
}
