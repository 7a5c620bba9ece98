import { expect, test } from "vitest";
import { LANGUAGES, TRAITS, translations } from "../../src/i18n/language.ts";

test("a translations is what it was given, by language", () => {
  const words = translations({
    en: { yes: "Yes", days: (count: number) => `${count} days` },
    de: { yes: "Ja", days: (count) => `${count} Tage` },
  });
  expect(LANGUAGES.map((language) => [words[language].yes, words[language].days(2)])).toEqual([
    ["Yes", "2 days"],
    ["Ja", "2 Tage"],
  ]);
});

/** What is looked at here is that it does not compile: `npm run check` fails where one of these is no error. */
test("a message that is missing, too many, or made of something else does not compile", () => {
  // @ts-expect-error A language lacks a message.
  translations({ en: { yes: "Yes", no: "No" }, de: { yes: "Ja" } });
  // @ts-expect-error A language has a message that no page asks for.
  translations({ en: { yes: "Yes" }, de: { yes: "Ja", no: "Nein" } });
  // @ts-expect-error A message is made of something else.
  translations({ en: { days: (count: number) => `${count} days` }, de: { days: (count: string) => `${count} Tage` } });
  // @ts-expect-error A language is missing.
  translations({ en: { yes: "Yes" } });
  expect(Object.keys(TRAITS)).toEqual(LANGUAGES);
});
