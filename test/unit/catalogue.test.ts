import { expect, test } from "vitest";
import { catalogue, LANGUAGES, TRAITS } from "../../src/i18n/language.ts";

test("a catalogue is what it was given, by language", () => {
  const words = catalogue({
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
  catalogue({ en: { yes: "Yes", no: "No" }, de: { yes: "Ja" } });
  // @ts-expect-error A language has a message that no page asks for.
  catalogue({ en: { yes: "Yes" }, de: { yes: "Ja", no: "Nein" } });
  // @ts-expect-error A message is made of something else.
  catalogue({ en: { days: (count: number) => `${count} days` }, de: { days: (count: string) => `${count} Tage` } });
  // @ts-expect-error A language is missing.
  catalogue({ en: { yes: "Yes" } });
  expect(Object.keys(TRAITS)).toEqual(LANGUAGES);
});
