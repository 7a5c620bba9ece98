import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeMissingTexts } from "../../dev/translations.ts";
import { brand } from "../../src/brand.ts";
import { buildChangedWorker } from "../support/build-worker.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";

/** Adds a language, as CONTRIBUTING.md says. */
function addFrench(text: string): string {
  return text
    .replace(/LANGUAGES = \[.*\]/, 'LANGUAGES = ["en", "de", "fr"]')
    .replace("  de: {", '  fr: { name: "Français", locale: "fr-FR", direction: "ltr" },\n  de: {');
}

/** Translates two texts of the sign-in page, of which one is in a group. */
function translateTwo(text: string): string {
  return text.replace(
    "  de: {",
    '  fr: { title: "Se connecter", passwordProblems: { "password-missing": "Entrez votre mot de passe" } },\n  de: {',
  );
}

describe.skipIf(enginesAreMissing())("a language with only two texts", () => {
  let directory: string;
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    directory = buildChangedWorker({
      "src/i18n/language.ts": addFrench,
      "src/flows/signin/messages.ts": translateTwo,
    });
    gatehouse = await startGatehouse({}, join(directory, "dist"));
  });
  afterAll(async () => {
    await gatehouse.close();
    rmSync(directory, { recursive: true });
  });

  test("is offered, and a page shows its texts and otherwise the English ones", async () => {
    const browser = gatehouse.browser();
    const form = await browser.open("/auth/signin?lang=fr");
    expect(form.title).toBe(`Se connecter · ${brand.name}`);
    expect(form.body).toContain('<html lang="fr" dir="ltr">');
    expect(form.body).toContain(">Forgot your password?</a>");
    const refused = await browser.submit(form, "/auth/signin", { email: "", password: "" });
    expect(refused.errorAt("password")).toBe("Entrez votre mot de passe");
    expect(refused.errorAt("email")).toBe("Enter your email");
    expect((await gatehouse.browser().open("/?lang=fr")).title).toBe(`Welcome · ${brand.name}`);
  });

  test("is counted as incomplete, and no other language is", async () => {
    const [line = "", ...others] = await describeMissingTexts(directory);
    const [, missing, total] = /^fr: (\d+) of (\d+) missing$/.exec(line) ?? [];
    expect(Number(total) - Number(missing)).toBe(2);
    expect(others).toEqual([]);
  });
});
