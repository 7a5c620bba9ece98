import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import { applyBrand } from "../../src/views/apply-brand.ts";

/** The minimums of WCAG 2.2, 1.4.3 for text and 1.4.11 for edges. */
const TEXT_MIN = 4.5;
const EDGE_MIN = 3;

const sheet = applyBrand(readFileSync(new URL("../../src/views/style.css", import.meta.url), "utf8"));
const [light = "", dark = ""] = [...sheet.matchAll(/:root \{([^}]*)\}/g)].map(([, rules]) => rules);
const schemes = { light: readTokens(light), dark: { ...readTokens(light), ...readTokens(dark) } };

describe.each(Object.entries(schemes))("in the %s color scheme,", (_, token) => {
  const ratio = (one: string, other: string) => contrast(token[one], token[other]);

  test.each([
    ["text", "page"],
    ["text", "panel"],
    ["text", "glow"],
    ["dim", "page"],
    ["dim", "panel"],
    ["dim", "glow"],
    ["key", "page"],
    ["key", "panel"],
    ["key", "glow"],
    ["on-key", "key"],
    ["bad", "panel"],
    ["panel", "bad"],
    ["panel", "lamp"],
    ["panel", "key"],
  ])("%s is readable on %s", (ink, ground) => {
    expect(ratio(ink, ground)).toBeGreaterThanOrEqual(TEXT_MIN);
  });

  test.each([
    ["line", "panel"],
    ["key", "panel"],
    ["bad", "panel"],
    ["lamp", "panel"],
    ["lamp", "page"],
    ["lamp", "glow"],
  ])("%s is visible as an edge on %s", (line, ground) => {
    expect(ratio(line, ground)).toBeGreaterThanOrEqual(EDGE_MIN);
  });

  test.skipIf("file" in brand.mark).each(["mark-back", "mark-front"])("%s is visible on page", (shape) => {
    expect(ratio(shape, "page")).toBeGreaterThanOrEqual(EDGE_MIN);
  });
});

test("the contrast of black and white is 21, and that of #777 and white 4.48 (WCAG's own examples)", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777", "#fff")).toBeCloseTo(4.48, 2);
});

function readTokens(rules: string): Record<string, string> {
  return Object.fromEntries(
    [...rules.matchAll(/--([a-z-]+): (#[0-9a-f]{3,6});/gi)].map(([, name, value]) => [name, value]),
  );
}

/** The contrast ratio of two colors (WCAG 2.2), as #rgb or #rrggbb. */
function contrast(one: string | undefined, other: string | undefined): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string | undefined): number {
  if (color === undefined || !/^#([0-9a-f]{3}){1,2}$/i.test(color)) throw new Error(`${color} is no colour`);
  const digits = color.length === 4 ? color.replace(/[0-9a-f]/gi, "$&$&") : color;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(digits.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
