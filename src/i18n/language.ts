import { lowerCaseAscii } from "../http/text.ts";

/**
 * The languages of pages and email messages, as BCP 47 tags. After adding a language, the compiler reports every
 * missing translation.
 */
export const LANGUAGES = ["en", "de"] as const;

export type Language = (typeof LANGUAGES)[number];

/** The language for visitors whose preferred languages are not supported. */
export const DEFAULT_LANGUAGE: Language = "en";

export interface LanguageTraits {
  /** The name of the language in the language itself. */
  readonly name: string;
  /** The locale for formatting dates and numbers. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
}

export const TRAITS: Readonly<Record<Language, LanguageTraits>> = {
  en: { name: "English", locale: "en-GB", direction: "ltr" },
  de: { name: "Deutsch", locale: "de-DE", direction: "ltr" },
};

/** RFC 5646, 4.4.1: registered tags are not longer than this. */
const TAG_MAX_CHARACTERS = 35;

/** Finds a supported language by its tag, ignoring case. Returns null if there is none. */
export function findLanguage(tag: string | null | undefined): Language | null {
  if (tag == null || tag.length > TAG_MAX_CHARACTERS) return null;
  return LANGUAGES.find((language) => lowerCaseAscii(language) === lowerCaseAscii(tag)) ?? null;
}

/** A value in every language. */
export type Translations<Texts> = Readonly<Record<Language, Texts>>;

/**
 * Declares texts in every language. English defines the keys. Any other language with a missing or extra key does not
 * compile.
 */
export function translations<Texts>(
  texts: { readonly en: Texts } & { readonly [Other in Exclude<Language, "en">]: NoInfer<Texts> },
): Translations<Texts> {
  return texts;
}

/** The language of a request, and the link to switch it. Every page needs one. */
export interface RequestLocale {
  readonly language: Language;
  /**
   * Returns a link to the same page in another language, as a query relative to the current URL. Null if the page is
   * the response to a form.
   */
  readonly switchHref: ((language: Language) => string) | null;
}
