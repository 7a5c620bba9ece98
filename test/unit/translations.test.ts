import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findMissingTexts } from "../../dev/translations.ts";
import { LANGUAGES, TRAITS, translations } from "../../src/i18n/language.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The languages whose every text is translated. Add a language here when it is complete. */
const COMPLETE_LANGUAGES = ["en", "de"];

test("translations() returns its messages by language", () => {
  const words = translations({
    en: { yes: "Yes", days: (count: number) => `${count} days` },
    de: { yes: "Ja", days: (count) => `${count} Tage` },
  });
  expect([words.en, words.de].map(({ yes, days }) => [yes, days(2)])).toEqual([
    ["Yes", "2 days"],
    ["Ja", "2 Tage"],
  ]);
});

test("translations() returns the English text where another language has none, at any depth", () => {
  const english = { yes: "Yes", days: (count: number) => `${count} days`, problems: { short: "Too short", long: "" } };
  expect(translations({ en: english, de: { problems: { short: "Zu kurz" } } })).toMatchObject({
    en: english,
    de: { ...english, problems: { short: "Zu kurz", long: "" } },
  });
  expect(translations({ en: english, de: { yes: "" } }).de).toEqual({ ...english, yes: "" });
  expect(translations({ en: english }).de).toEqual(english);
  expect(translations({ en: "Privacy" })).toMatchObject({ en: "Privacy", de: "Privacy" });
});

test("every text is translated into the languages that are complete", async () => {
  const languages = await findMissingTexts(ROOT);
  expect(languages.map(({ language }) => language)).toEqual(LANGUAGES);
  const complete = languages.filter(({ language }) => COMPLETE_LANGUAGES.includes(language));
  expect(complete.map(({ language, missing }) => ({ language, missing }))).toEqual(
    COMPLETE_LANGUAGES.map((language) => ({ language, missing: [] })),
  );
  expect(complete[0]?.total).toBeGreaterThan(250);
});

/** The types are tested: `npm run check` fails if one of these lines compiles. */
test("a superfluous or differently typed message does not compile", () => {
  // @ts-expect-error A language has a message that no page uses.
  translations({ en: { yes: "Yes" }, de: { yes: "Ja", no: "Nein" } });
  // @ts-expect-error So does a group of messages.
  translations({ en: { problems: { short: "Too short" } }, de: { problems: { long: "Zu lang" } } });
  // @ts-expect-error A message has other parameters.
  translations({ en: { days: (count: number) => `${count} days` }, de: { days: (count: string) => `${count} Tage` } });
  // @ts-expect-error A text is no message with parameters.
  translations({ en: { days: (count: number) => `${count} days` }, de: { days: 7 } });
  // @ts-expect-error English lacks a message.
  translations({ en: { yes: "Yes" }, de: { no: "Nein" } });
  // @ts-expect-error English is missing.
  translations({ de: { yes: "Ja" } });
  expect(Object.keys(TRAITS)).toEqual(LANGUAGES);
});
