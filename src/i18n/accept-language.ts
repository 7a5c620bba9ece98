import { lowerCaseAscii, trimOws } from "../http/text.ts";

/** More than any browser sends. The rest of the header is ignored. */
const HEADER_MAX_CHARACTERS = 256;

/**
 * Returns the tag of `available` (BCP 47) that an `Accept-Language` header prefers, or null if none matches. Ranges are
 * tried by weight, then in order (RFC 9110, 12.5.4). A range matches its own tag, or else its longest available prefix:
 * "de-AT" matches "de" (RFC 4647, 3.4). "*" matches the first tag that the header does not exclude with a weight of 0.
 * An invalid weight counts as 0.
 */
export function chooseLanguage<Tag extends string>(header: string | null, available: readonly Tag[]): Tag | null {
  const ranges = readRanges(header ?? "");
  const excluded = ranges.filter(({ weight }) => weight === 0).map(({ range }) => range);
  const notExcluded = available.filter((tag) => !excluded.includes(lowerCaseAscii(tag)));
  const preferred = ranges.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  for (const { range } of preferred) {
    const match = range === "*" ? notExcluded[0] : lookUp(range, available);
    if (match !== undefined) return match;
  }
  return null;
}

function lookUp<Tag extends string>(range: string, available: readonly Tag[]): Tag | undefined {
  const parts = range.split("-");
  for (let length = parts.length; length > 0; length -= 1) {
    const prefix = parts.slice(0, length).join("-");
    const match = available.find((tag) => lowerCaseAscii(tag) === prefix);
    if (match !== undefined) return match;
  }
  return undefined;
}

function readRanges(header: string): { readonly range: string; readonly weight: number }[] {
  const ranges = header.slice(0, HEADER_MAX_CHARACTERS).split(",");
  // Drops the last range, because a truncated range could mean the opposite.
  if (header.length > HEADER_MAX_CHARACTERS) ranges.pop();
  return ranges.map((text) => {
    const [range = "", ...parameters] = text.split(";").map((part) => lowerCaseAscii(trimOws(part)));
    const [, weight = 0] = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameters.join(";")) ?? [];
    return { range, weight: parameters.length === 0 ? 1 : Number(weight) };
  });
}
