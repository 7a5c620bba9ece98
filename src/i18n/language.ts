import { lowerCaseAscii } from "../http/text.ts";

/**
 * The languages of pages and email messages, as BCP 47 tags. A language may begin with a part of its translations:
 * the missing ones are shown in English, and `npm run check` counts them.
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

/** Texts of which any may be missing, at any depth. */
type Incomplete<Texts> = Texts extends string | ((...values: never[]) => unknown)
  ? Texts
  : { readonly [Key in keyof Texts]?: Incomplete<Texts[Key]> };

type WrittenTexts<Texts> = { readonly en: Texts } & {
  readonly [Other in Exclude<Language, "en">]?: Incomplete<Texts>;
};

/** The argument of every call of `translations`. `dev/translations.ts` counts what is missing there. */
export const writtenTexts: WrittenTexts<unknown>[] = [];

/**
 * Declares texts in every language. English is complete and defines the keys. Where another language has no text, the
 * English one is shown. An extra key, or a message with other parameters, does not compile.
 */
export function translations<Texts>(texts: { readonly en: Texts } & NoInfer<WrittenTexts<Texts>>): Translations<Texts> {
  writtenTexts.push(texts);
  const entries = LANGUAGES.map((language) => [language, fillFromEnglish(texts[language], texts.en)]);
  return Object.fromEntries(entries) as Translations<Texts>;
}

function fillFromEnglish(texts: unknown, english: unknown): unknown {
  if (texts === undefined || texts === english) return english;
  if (!isTextGroup(texts) || !isTextGroup(english)) return texts;
  return Object.fromEntries(Object.entries(english).map(([key, text]) => [key, fillFromEnglish(texts[key], text)]));
}

/** Whether this is a group of texts, and not a text or a function that returns one. */
export function isTextGroup(texts: unknown): texts is Readonly<Record<string, unknown>> {
  return typeof texts === "object" && texts !== null;
}

/** The language of a request, and the link to switch it. Every page needs one. */
export interface RequestLocale {
  readonly language: Language;
  /**
   * Returns a link to the same page in another language, as a query relative to the current URL. After a form, it is
   * the page of the form. Null if that form has no page.
   */
  readonly switchHref: ((language: Language) => string) | null;
}
