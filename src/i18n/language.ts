import { lowerCaseAscii } from "../http/text.ts";

/** The languages of pages and mails, by their BCP 47 tags. One more here, and whatever lacks its words does not compile. */
export const LANGUAGES = ["en", "de"] as const;

export type Language = (typeof LANGUAGES)[number];

/** For whoever asks for none that there is. */
export const DEFAULT_LANGUAGE: Language = "en";

export interface LanguageTraits {
  /** What it calls itself. */
  readonly name: string;
  /** How its readers write dates and numbers. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
}

export const TRAITS: Readonly<Record<Language, LanguageTraits>> = {
  en: { name: "English", locale: "en-GB", direction: "ltr" },
  de: { name: "Deutsch", locale: "de-DE", direction: "ltr" },
};

/** RFC 5646, 4.4.1: no tag that is registered is longer. */
const TAG_MAX_CHARACTERS = 35;

/** The language of which this is the tag, in letters of either case; null if there is none. */
export function findLanguage(tag: string | null | undefined): Language | null {
  if (tag == null || tag.length > TAG_MAX_CHARACTERS) return null;
  return LANGUAGES.find((language) => lowerCaseAscii(language) === lowerCaseAscii(tag)) ?? null;
}

/** The same words in every language. The first says which there are; another that lacks one, or has one more, does not compile. */
export type Translations<Words> = Readonly<Record<Language, Words>>;

export function translations<Words>(
  words: { readonly en: Words } & { readonly [Other in Exclude<Language, "en">]: NoInfer<Words> },
): Translations<Words> {
  return words;
}

/** For whom a page is made. Every page is given one. */
export interface RequestLocale {
  readonly language: Language;
  /** The way to this same page in another language, as the query of its own address. Null where only a form leads to it. */
  readonly switchHref: ((language: Language) => string) | null;
}
