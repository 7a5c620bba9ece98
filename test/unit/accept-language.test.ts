import { describe, expect, test } from "vitest";
import { chooseLanguage } from "../../src/i18n/accept-language.ts";

const choose = (header: string | null) => chooseLanguage(header, ["en", "de"]);

describe("Accept-Language", () => {
  test.each([
    ["de", "de"],
    ["DE", "de"],
    ["de-AT", "de"],
    ["de-Latn-CH-1996", "de"],
    ["fr, de", "de"],
    ["fr;q=1, de;q=0.2", "de"],
    ["en;q=0.5, de;q=0.8", "de"],
    ["en;q=0.8, de;q=0.8", "en"],
    ["de, en", "de"],
    ["da, en-GB;q=0.8, en;q=0.7", "en"],
    ["de ; q=0.9 , en;q=0.1", "de"],
    ["en;q=0, de;q=0.001", "de"],
    ["*", "en"],
    ["en;q=0, *", "de"],
    ["fr, *;q=0.5, de;q=0.4", "en"],
    ["fr, *;q=0.5, de;q=0.6", "de"],
  ])("%j selects %s", (header, expected) => {
    expect(choose(header)).toBe(expected);
  });

  test.each([
    [null],
    [""],
    ["fr"],
    ["deu"],
    ["den, ende"],
    ["de;q=0"],
    ["de;q=0.000, en;q=0"],
    ["de;q=2"],
    ["de;q=-1"],
    ["de;q=NaN"],
    ["de;q=0.1234"],
    ["de;level=1"],
    [", ; ,;;,"],
    ["__proto__, constructor"],
  ])("%j selects no language", (header) => {
    expect(choose(header)).toBeNull();
  });

  test("is read only as far as browsers write it, and never up to the middle of a range", () => {
    expect(choose(`${"fr,".repeat(100)}de`)).toBeNull();
    const before = `en;q=0.9,${"x".repeat(244)},`;
    expect(before).toHaveLength(254);
    expect(choose(`${before}de;q=0.1`)).toBe("en");
  });

  test("selects the longest prefix of its tag that is available", () => {
    const tags = ["en", "pt-BR", "zh-Hant", "zh"] as const;
    const chosen = ["pt-BR", "pt", "zh-Hant-TW", "zh-TW", "ZH-hant"].map((header) => chooseLanguage(header, tags));
    expect(chosen).toEqual(["pt-BR", null, "zh-Hant", "zh", "zh-Hant"]);
  });
});
