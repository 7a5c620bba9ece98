import { LANGUAGES, type Language, TRAITS, type Translations } from "../i18n/language.ts";
import { messages } from "./messages.ts";

const DAYS = byLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }));
const DATE_TIMES = byLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }),
);
const COUNTRIES = byLanguage((locale) => new Intl.DisplayNames(locale, { type: "region", fallback: "none" }));

/** Shows a time, given in epoch milliseconds, to the minute. In UTC, because the reader's time zone is unknown. */
export function DateTime({ language, at }: { language: Language; at: number }) {
  const date = new Date(at);
  // Without seconds, so that a list of many times compresses well.
  const machineReadable = `${date.toISOString().slice(0, 16)}Z`;
  return <time datetime={machineReadable}>{formatDateTime(language, at)} UTC</time>;
}

/** Formats a time, given in epoch milliseconds, in UTC and to the minute: "26 November 2026 at 22:15". */
export function formatDateTime(language: Language, at: number): string {
  return DATE_TIMES[language]().format(at);
}

/** Shows the date of a time, given in epoch milliseconds, in UTC. */
export function Day({ language, at }: { language: Language; at: number }) {
  return <time datetime={new Date(at).toISOString().slice(0, 10)}>{DAYS[language]().format(at)}</time>;
}

export interface Device {
  readonly browser: string | null;
  readonly platform: string | null;
}

/** Returns the name of a device, such as "Firefox on Windows", from the parts that are known. */
export function nameDevice(language: Language, { browser, platform }: Device): string {
  const text = messages[language];
  if (browser && platform) return text.browserOn(browser, platform);
  return browser ?? (platform ? text.somethingOn(platform) : text.unknownDevice);
}

/**
 * Returns the name of a country, such as "Germany". `code` has two capital letters, or is null if the platform reported
 * no country. Returns null for null and for a code without a country, such as XX. Throws RangeError if `code` is
 * malformed.
 */
export function nameCountry(language: Language, code: string | null): string | null {
  return (code && COUNTRIES[language]().of(code)) ?? null;
}

/** Creates each formatter on first use, because creating one takes longer than rendering a page. */
function byLanguage<Format>(create: (locale: string) => Format): Translations<() => Format> {
  const createOnce = (language: Language) => {
    let format: Format | undefined;
    return () => {
      format ??= create(TRAITS[language].locale);
      return format;
    };
  };
  return Object.fromEntries(LANGUAGES.map((language) => [language, createOnce(language)])) as Translations<
    () => Format
  >;
}
