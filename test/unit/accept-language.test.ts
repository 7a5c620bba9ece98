import { describe, expect, test } from "vitest";
import { chooseLanguage } from "../../src/http/accept-language.ts";

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
  ])("%j is met by %s", (header, expected) => {
    expect(choose(header)).toBe(expected);
  });

  test.each([
    [null],
    [""],
    ["*"],
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
  ])("%j is met by none", (header) => {
    expect(choose(header)).toBeNull();
  });

  test("is not read further than any browser writes", () => {
    expect(choose(`${"fr,".repeat(100)}de`)).toBeNull();
  });
});
