import { expect, test } from "vitest";
import { LANGUAGES, TRAITS, translations } from "../../src/i18n/language.ts";

test("translations() returns its messages by language", () => {
  const words = translations({
    en: { yes: "Yes", days: (count: number) => `${count} days` },
    de: { yes: "Ja", days: (count) => `${count} Tage` },
  });
  expect(LANGUAGES.map((language) => [words[language].yes, words[language].days(2)])).toEqual([
    ["Yes", "2 days"],
    ["Ja", "2 Tage"],
  ]);
});

/** The types are tested: `npm run check` fails if one of these lines compiles. */
test("a missing, superfluous or differently typed message does not compile", () => {
  // @ts-expect-error A language lacks a message.
  translations({ en: { yes: "Yes", no: "No" }, de: { yes: "Ja" } });
  // @ts-expect-error A language has a message that no page uses.
  translations({ en: { yes: "Yes" }, de: { yes: "Ja", no: "Nein" } });
  // @ts-expect-error A message has other parameters.
  translations({ en: { days: (count: number) => `${count} days` }, de: { days: (count: string) => `${count} Tage` } });
  // @ts-expect-error A language is missing.
  translations({ en: { yes: "Yes" } });
  expect(Object.keys(TRAITS)).toEqual(LANGUAGES);
});
