import { LANGUAGES, type Language, TRAITS, type Translations } from "../i18n/language.ts";
import { type Children, Markup } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";

const DAYS = byLanguage((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }));
const TIMES_OF_DAY = byLanguage((locale) => new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: "UTC" }));
const DATE_TIMES = byLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }),
);
const COUNTRIES = byLanguage((locale) => new Intl.DisplayNames(locale, { type: "region", fallback: "none" }));

/**
 * Shows a time, given in epoch milliseconds, to the minute. In UTC, because the server does not know the reader's time
 * zone. The script replaces it by the time in that zone, or by a text such as "2 hours ago".
 */
export function DateTime({ language, at }: { language: Language; at: number }) {
  return <time datetime={toMinute(at)}>{formatDateTime(language, at)} UTC</time>;
}

/** Like `DateTime`, below a heading with the day. The script adds the date if it differs in the reader's time zone. */
export function TimeOfDay({ language, at }: { language: Language; at: number }) {
  return (
    <time datetime={toMinute(at)} data-day>
      {TIMES_OF_DAY[language]().format(at)} UTC
    </time>
  );
}

/** Without seconds, so that a list of many times compresses well. */
function toMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/** Formats a time, given in epoch milliseconds, in UTC and to the minute: "26 November 2026 at 22:15". */
export function formatDateTime(language: Language, at: number): string {
  return DATE_TIMES[language]().format(at);
}

/** Shows the date of a time, given in epoch milliseconds, in UTC. */
export function Day({ language, at }: { language: Language; at: number }) {
  return <time datetime={new Date(at).toISOString().slice(0, 10)}>{DAYS[language]().format(at)}</time>;
}

const SEPARATOR = new Markup(" &middot; ");

/** Joins facts with middle dots: "Germany · Active now". Leaves out those that are null. */
export function joinFacts(...facts: readonly (Children | null)[]): Children {
  return facts.filter((fact) => fact !== null).flatMap((fact, index) => (index === 0 ? [fact] : [SEPARATOR, fact]));
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
